using ConnectionTracing;
using ConnectionTracing.Runtime;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Diagnosis;

/// <summary>When the process itself was late, nothing is proven of the network or the server.</summary>
[Collection(NetworkSources.Name)]
public sealed class ThreadPoolWatchTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Server_is_not_called_slow_while_the_thread_pool_was_starved()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowServer", settings: ("Diagnosis:Starvation", "00:00:00.100"));
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await SlowRequestAsync(client, server, wasPaused: false);

        var finding = Assert.Single(host.Findings());
        Assert.Equal((FindingCause.ThreadPoolStarvation, null, null), (finding.Cause, finding.Host, finding.Port));
        Assert.Contains("22 were pending and the pool had 4 threads", finding.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_said_while_the_process_was_paused()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowServer", settings: ("Diagnosis:Starvation", "00:00:00.100"));
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await SlowRequestAsync(client, server, wasPaused: true);

        Assert.Empty(host.Findings());
    }

    [Fact]
    public async Task Server_is_called_slow_beside_a_short_delay_of_the_process()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowServer");
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        var request = client.GetStringAsync(server.Url("/gate/slow"));
        await server.Arrival();
        await Task.Delay(DiagnosedHost.Fault * 3);
        TracingSubscription.Tracker!.ThreadPool!.Add(new(DateTime.UtcNow.AddMilliseconds(-60), DateTime.UtcNow, WasPaused: false, PendingWorkItems: 3, Threads: 2));
        server.Open();
        await request.Soon();

        await host.AssertOnly(FindingCause.SlowServer, server.Port);
    }

    [Fact]
    public void Late_time_makes_its_surroundings_unproven_once()
    {
        using var watch = new ThreadPoolWatch(exception => Assert.Fail(exception.ToString()));
        watch.Add(Late(1000, 1500));
        watch.Add(Late(1400, 2000));

        // And up to 100 ms on each side, since when nothing is known.
        Assert.Equal(TimeSpan.FromMilliseconds(1200), watch.UnprovenWithin(At(0), At(5000)));
        Assert.Equal(TimeSpan.FromMilliseconds(300), watch.UnprovenWithin(At(1800), At(5000)));
        Assert.Equal(TimeSpan.Zero, watch.UnprovenWithin(At(3000), At(5000)));
        Assert.Equal(TimeSpan.FromMilliseconds(600), watch.LongestWithin(At(0), At(5000))!.Value.Duration);
    }

    [Fact]
    public void Short_delays_are_not_remembered_and_long_ones_not_forever()
    {
        using var watch = new ThreadPoolWatch(exception => Assert.Fail(exception.ToString()));
        watch.Add(Late(0, 40));
        Assert.Null(watch.LongestWithin(At(0), At(100)));

        for (var i = 0; i < 100; i++)
        {
            watch.Add(Late(i * 1000, (i * 1000) + 100));
        }

        Assert.Null(watch.LongestWithin(At(0), At(1000)));
        Assert.NotNull(watch.LongestWithin(At(99_000), At(100_000)));
    }

    /// <summary>Late for all of its time, as the watch would have noted it.</summary>
    private static async Task SlowRequestAsync(HttpClient client, TestServer server, bool wasPaused)
    {
        var start = DateTime.UtcNow;
        var request = client.GetStringAsync(server.Url("/gate/slow"));
        await server.Arrival();
        await Task.Delay(DiagnosedHost.Fault);
        TracingSubscription.Tracker!.ThreadPool!.Add(new(start, DateTime.UtcNow, wasPaused, PendingWorkItems: 22, Threads: 4));
        server.Open();
        await request.Soon();
    }

    private static ThreadPoolWatch.LateTime Late(int from, int to) => new(At(from), At(to), WasPaused: false, PendingWorkItems: 5, Threads: 2);

    private static DateTime At(int milliseconds) => Start.AddMilliseconds(milliseconds);
}
