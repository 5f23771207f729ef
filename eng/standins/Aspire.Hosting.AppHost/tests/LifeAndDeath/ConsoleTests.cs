using Aspire.Hosting.Dcp;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Tests.LifeAndDeath;

/// <summary>What services write to the console, as the real DCP keeps it.</summary>
[Collection(LifeAndDeathTests.Name)]
public sealed class ConsoleTests
{
    private const string Started = "Application started.";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [AppHostFact]
    public async Task A_console_is_followed_over_restarts_and_no_line_is_lost_or_told_twice()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await using var run = await TestedAppHost.StartAsync(timeout.Token);
        var runner = run.App.Services.GetRequiredService<ApplicationRunner>();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token);
        await using var lines = Lines(runner.ReadConsole("apiservice", follow: true, leaving.Token)!).GetAsyncEnumerator(leaving.Token);
        var seen = new List<string>();

        await ReadUntilAsync(text => Count(text, Started) == 1);
        await run.ExecuteAsync("apiservice", "restart", timeout.Token);
        await ReadUntilAsync(text => Count(text, "Application is shutting down") == 1 && Count(text, Started) == 2);
        await run.ExecuteAsync("apiservice", "stop", timeout.Token);
        await ReadUntilAsync(text => Count(text, "Application is shutting down") == 2);
        await run.ExecuteAsync("apiservice", "start", timeout.Token);
        await ReadUntilAsync(text => Count(text, Started) == 3);

        // DCP puts the time before each line, so that no two are the same.
        Assert.All(seen, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT[\d:.]+Z ", line));
        Assert.Equal(3, Count(seen, "Now listening on"));

        // One who comes now is told what there is, and no more if they want no more.
        var present = new List<string>();
        await foreach (var line in Lines(runner.ReadConsole("apiservice", follow: false, timeout.Token)!))
        {
            present.Add(line);
        }

        Assert.Equal(1, Count(present, Started));
        Assert.Null(runner.ReadConsole("nobody", follow: false, timeout.Token));

        async Task ReadUntilAsync(Func<List<string>, bool> condition)
        {
            while (!condition(seen) && await lines.MoveNextAsync())
            {
                seen.Add(lines.Current);
            }
        }
    }

    private static int Count(List<string> lines, string text) => lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    private static async IAsyncEnumerable<string> Lines(IAsyncEnumerable<IReadOnlyList<ConsoleLine>> batches)
    {
        await foreach (var batch in batches)
        {
            foreach (var line in batch)
            {
                yield return line.Text;
            }
        }
    }
}
