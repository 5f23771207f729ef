using System.CommandLine;
using ConnectionTracingDemo.Viewer.Output;
using ConnectionTracingDemo.Viewer.Sources;
using Spectre.Console;

namespace ConnectionTracingDemo.Viewer.Commands;

/// <summary>Shows the requests of a running process.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var process = new Argument<string>("process") { Description = "Number or name, see 'ps'" };
        var duration = new Option<TimeSpan>("--for") { Description = "How long, such as 30s; without it until Ctrl+C", CustomParser = Duration.Parser(bareUnitMs: 1_000) };
        var file = new Option<string?>("--output") { Description = "Record to this .nettrace file as well" };
        var buffer = new Option<int>("--buffer") { Description = "Megabytes in the watched process that hold events until they are read", DefaultValueFactory = _ => 64 };
        buffer.Validators.Add(result =>
        {
            // What is no number is refused without us.
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var megabytes) && megabytes < 1)
            {
                result.AddError($"'{token.Value}' is no size of a buffer. Write 1 or more.");
            }
        });
        var shared = new SharedOptions();

        var command = new Command("watch", "Shows the requests of a running process as they end");
        command.Arguments.Add(process);
        command.Options.Add(duration);
        command.Options.Add(file);
        command.Options.Add(buffer);
        shared.AddTo(command);
        command.SetAction((result, cancel) => Failures.GuardAsync(() =>
            RunAsync(result.GetRequiredValue(process), result.GetValue(duration), result.GetValue(file), result.GetValue(buffer), shared.Read(result), cancel)));
        return command;
    }

    private static async Task<int> RunAsync(string idOrName, TimeSpan duration, string? file, int bufferMegabytes, ViewOptions options, CancellationToken cancel)
    {
        var process = DotNetProcess.Get(idOrName);
        using var session = await WatchSession.StartAsync(process, bufferMegabytes, file, cancel);

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (duration > TimeSpan.Zero)
        {
            end.CancelAfter(duration);
        }

        var title = TitleOf(process, duration, options);
        var (view, how) = options.Format == OutputFormat.Table && LiveScreen.FindTerminal() is { } terminal
            ? await ShowLiveAsync(session, options, terminal, title, end.Token)
            : await ShowRowsAsync(session, options, process.Name, title, end.Token);

        Failures.WriteRemarks(view);
        if (how == WatchEnd.ProcessGone)
        {
            Console.Error.WriteLine($"Process {process.Id} has ended; this is what there was.");
        }

        if (how == WatchEnd.NoAnswer)
        {
            Console.Error.WriteLine($"Process {process.Id} does not answer any more: it is stopped, or hangs. Its last events are missing.");
        }

        if (session.RecordingFailure is { } failure)
        {
            Console.Error.WriteLine($"The recording ends in the middle: {failure}");
        }

        if (!view.HasRequests)
        {
            Console.Error.WriteLine("There was no request to show.");
        }

        return session.RecordingFailure is null && (view.HasRequests || how == WatchEnd.Asked) ? 0 : Failures.ExitCode;
    }

    private static string TitleOf(DotNetProcess process, TimeSpan duration, ViewOptions options)
    {
        var span = duration > TimeSpan.Zero ? $" for {duration.TotalSeconds:0.###} s" : "";
        var slow = options.Slow > TimeSpan.Zero ? $", {options.Slow.TotalMilliseconds:0.###} ms and more" : "";
        return $"Watching {process.Id} ({process.Name}){span}{slow}.";
    }

    private static async Task<(View, WatchEnd)> ShowLiveAsync(WatchSession session, ViewOptions options, IAnsiConsole terminal, string title, CancellationToken end)
    {
        using var screen = new LiveScreen(terminal, title);
        return await ShowAsync(session, new View(options, screen), end);
    }

    private static async Task<(View, WatchEnd)> ShowRowsAsync(WatchSession session, ViewOptions options, string service, string title, CancellationToken end)
    {
        using var output = Failures.OpenOutput();
        Console.Error.WriteLine($"{title} Ctrl+C ends it.");
        return await ShowAsync(session, new View(options, RowWriter.Create(options.Format, output, service)), end);
    }

    private static async Task<(View, WatchEnd)> ShowAsync(WatchSession session, View view, CancellationToken end)
    {
        using var over = new CancellationTokenSource();
        var refreshing = RefreshAsync(view, over.Token);
        WatchEnd how;
        try
        {
            how = await session.RunAsync(view, end);
        }
        finally
        {
            await over.CancelAsync();
            await refreshing;
        }

        view.WriteEnd();
        return (view, how);
    }

    private static async Task RefreshAsync(View view, CancellationToken over)
    {
        using var timer = new PeriodicTimer(RefreshInterval);
        try
        {
            do
            {
                view.Refresh();
            }
            while (await timer.WaitForNextTickAsync(over));
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The end, which is written once more as a whole.
        }
    }
}
