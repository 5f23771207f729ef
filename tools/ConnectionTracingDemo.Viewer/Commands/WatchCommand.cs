using System.CommandLine;
using ConnectionTracingDemo.Viewer.Sources;

namespace ConnectionTracingDemo.Viewer.Commands;

/// <summary>Shows the requests of a running process.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var process = new Argument<string>("process") { Description = "Number or name, see 'ps'" };
        var duration = new Option<TimeSpan>("--for") { Description = "How long, such as 30s; without it until Ctrl+C", CustomParser = Duration.Parser(bareUnitMs: 1_000) };
        var file = new Option<string?>("--output") { Description = "Record to this .nettrace file as well" };
        var buffer = new Option<int>("--buffer") { Description = "Megabytes in the watched process that hold events until they are read", DefaultValueFactory = _ => 64 };
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
        using var session = WatchSession.Start(process, bufferMegabytes, file);

        using var output = Failures.OpenOutput();
        var view = new View(options, output);

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (duration > TimeSpan.Zero)
        {
            end.CancelAfter(duration);
        }

        Console.Error.WriteLine($"Watching {process.Id} ({process.Name}){(duration > TimeSpan.Zero ? $" for {duration.TotalSeconds:0.###} s" : "")}. Ctrl+C ends it.");

        WatchEnd how;
        using (new Timer(_ => view.Flush(), null, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(200)))
        {
            how = await session.RunAsync(view, end.Token);
        }

        view.WriteEnd();
        Failures.WriteRemarks(view);
        if (how == WatchEnd.ProcessGone)
        {
            Console.Error.WriteLine($"Process {process.Id} has ended; this is what there was.");
        }

        if (!view.HasRequests)
        {
            Console.Error.WriteLine("There was no request to show.");
        }

        return view.HasRequests || how == WatchEnd.Asked ? 0 : Failures.ExitCode;
    }
}
