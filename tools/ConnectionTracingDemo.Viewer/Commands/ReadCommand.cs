using System.CommandLine;
using ConnectionTracingDemo.Viewer.Output;
using ConnectionTracingDemo.Viewer.Sources;

namespace ConnectionTracingDemo.Viewer.Commands;

/// <summary>Shows what a recorded file tells.</summary>
internal static class ReadCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "A .nettrace file of 'watch --output' or of dotnet-trace" };
        var shared = new SharedOptions();

        var command = new Command("read", "Shows the requests in a recorded file");
        command.Arguments.Add(file);
        shared.AddTo(command);
        command.SetAction(result => Failures.Guard(() => Run(result.GetRequiredValue(file), shared.Read(result))));
        return command;
    }

    private static int Run(string path, ViewOptions options)
    {
        using var output = Failures.OpenOutput();
        var rows = RowWriter.Create(options.Format, output, Path.GetFileNameWithoutExtension(path));
        var view = new View(options, rows);
        var isWhole = TryShow(view, path);
        if (view.NeedsActivities)
        {
            view = new View(options, rows, RowSource.Activities);
            isWhole = TryShow(view, path);
        }

        view.WriteEnd();
        output.Flush();
        if (!isWhole)
        {
            Console.Error.WriteLine($"'{path}' ends in the middle: it is shown as far as it goes.");
        }

        var remarks = Failures.WriteRemarks(view);
        if (view.HasRequests)
        {
            return 0;
        }

        Console.Error.WriteLine(remarks || !isWhole
            ? $"'{path}' has no request that could be shown."
            : $"'{path}' has no requests of HttpClient. Record with the provider {Providers.Http}, or without --host.");
        return 1;
    }

    /// <returns>False for a file that ends in the middle.</returns>
    private static bool TryShow(View view, string path)
    {
        using var file = TraceFile.Open(path);
        var isWhole = TraceFile.IsWhole(file);
        try
        {
            view.Process(file);
            return isWhole;
        }
        catch (Exception exception) when (exception is not ViewerException)
        {
            // The reader has no exception of its own for that.
            return false;
        }
    }
}
