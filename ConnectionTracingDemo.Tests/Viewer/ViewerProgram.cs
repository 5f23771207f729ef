using System.Text.Json;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>The built tool, run as its users run it.</summary>
internal static class ViewerProgram
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    /// <summary>Watches a process; returns when it does.</summary>
    public static async Task<RunningProgram> WatchAsync(int process, params string[] options)
    {
        var (program, _) = await RunningProgram.StartAsync("dotnet", [Program, "watch", $"{process}", .. options], ".", NoEnvironment, "^Watching ");
        return program;
    }

    /// <summary>Watches a process in a terminal; returns when the screen is there.</summary>
    public static async Task<RunningProgram> WatchInTerminalAsync(int process)
    {
        // A build server says in its environment that nobody sits there.
        const string Environment = "env -i HOME=\"$HOME\" PATH=\"$PATH\" TMPDIR=\"${TMPDIR:-/tmp}\" DOTNET_ROOT=\"$DOTNET_ROOT\" TERM=xterm-256color";
        var command = $"stty cols 120 rows 30; {Environment} dotnet '{Program}' watch {process}";
        var (program, _) = await RunningProgram.StartAsync("script", ["-qec", command, "/dev/null"], ".", NoEnvironment, "Watching ");
        return program;
    }

    /// <summary>Runs to the end.</summary>
    /// <exception cref="InvalidOperationException">The exit code is not 0; the message has what it wrote.</exception>
    public static Task<string> RunAsync(params string[] arguments) => RunningProgram.RunAsync("dotnet", [Program, .. arguments], ".");

    /// <summary>Runs to an end with an exit code that is not 0.</summary>
    /// <returns>What it wrote.</returns>
    public static async Task<string> FailAsync(params string[] arguments) =>
        (await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(arguments))).Message;

    /// <summary>Waits until a program has written so many lines that match.</summary>
    public static async Task<string[]> WaitForLinesAsync(this RunningProgram program, int count, Func<string, bool> matches)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (true)
            {
                string[] lines = [.. program.Output.Split(Environment.NewLine).Where(matches)];
                if (lines.Length >= count)
                {
                    return lines;
                }

                await timer.WaitForNextTickAsync(timeout.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Waited for {count} lines. It wrote:{Environment.NewLine}{program.Output}");
        }
    }

    public static JsonElement Json(string line) => JsonDocument.Parse(line).RootElement;

    // Built like this assembly: <project>/bin/<configuration>/<framework>.
    private static string Program
    {
        get
        {
            const string Name = "ConnectionTracingDemo.Viewer";
            var framework = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(Repository.Root, "tools", Name, "bin", framework.Parent!.Name, framework.Name, $"{Name}.dll");
        }
    }
}
