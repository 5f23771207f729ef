using ConnectionTracingDemo.Viewer.Sources;

namespace ConnectionTracingDemo.Viewer.Commands;

/// <summary>What the commands have in common when something goes wrong: one line on standard error, and an exit code.</summary>
internal static class Failures
{
    public const int ExitCode = 1;

    public static int Guard(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (ViewerException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCode;
        }
    }

    public static async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (ViewerException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCode;
        }
    }

    /// <summary>Standard output with a buffer: thousands of rows a second are too many system calls one by one.</summary>
    public static TextWriter OpenOutput() => TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput(), bufferSize: 64 * 1024) { AutoFlush = false });

    /// <returns>Whether there were any.</returns>
    public static bool WriteRemarks(View view)
    {
        var any = false;
        foreach (var remark in view.Remarks())
        {
            Console.Error.WriteLine(remark);
            any = true;
        }

        return any;
    }
}
