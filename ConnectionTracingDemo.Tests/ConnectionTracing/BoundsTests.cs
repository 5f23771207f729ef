using System.Diagnostics;
using System.Runtime.CompilerServices;
using ConnectionTracing.Runtime;
using OpenTelemetry.Trace;
using static ConnectionTracing.Model.AttributeNames;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>Memory levels off, and nothing is left behind. Over a transport in memory, so that the figures of the issue take seconds.</summary>
[Collection(NetworkSources.Name)]
public sealed class BoundsTests
{
    [Fact]
    public async Task Switching_under_load_leaves_nothing_behind()
    {
        await using var host = await TracedHost.StartAsync(sampler: new AlwaysOffSampler());
        using var client = new HttpClient(MemoryTransport.NewHandler(requestsPerConnection: 5));
        using var stop = new CancellationTokenSource();

        var load = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.Equal("hello", await client.GetStringAsync("http://memory/load"));
            }
        })).ToArray();

        for (var i = 0; i < 1000; i++)
        {
            host.Switch.TurnOff();
            Assert.Null(host.Exporter);
            host.Switch.TurnOn(TimeSpan.FromHours(1));
        }

        host.Switch.TurnOff();
        await stop.CancelAsync();
        await Task.WhenAll(load).Soon();

        ProcessState.AssertNobodyListens();
        Assert.DoesNotContain(host.Log, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Fact]
    public void Connection_that_is_open_is_remembered_longer_than_those_that_are_closed()
    {
        var table = new ConnectionTable(16);
        var open = Add(0);
        for (var id = 1; id < 1000; id++)
        {
            Add(id);
            Assert.True(table.TryClose(id, out var closed));
            closed.Close(DateTime.UtcNow);
        }

        Assert.True(table.Knows(open));
        Assert.Equal(16, table.Count);

        // Where all are open, the oldest goes.
        for (var id = 1000; id < 1100; id++)
        {
            Add(id);
        }

        Assert.False(table.Knows(open));
        Assert.Equal(16, table.Count);

        TrackedConnection Add(int id)
        {
            using var setup = new Activity("setup").Start();
            var connection = new TrackedConnection(setup, outer: null);
            setup.Stop();
            connection.EndSetup(setup);
            table.Add(connection);
            table.Identify(connection, id);
            return connection;
        }
    }

    [Fact]
    public async Task Connections_one_after_another_level_off()
    {
        const int Capacity = 1000;
        await using var host = await TracedHost.StartAsync(
            new Dictionary<string, string?> { ["ConnectionTracing:MaxTrackedConnections"] = $"{Capacity}" },
            sampler: new AlwaysOffSampler());
        using var client = new HttpClient(MemoryTransport.NewHandler(requestsPerConnection: 1));

        await OpenConnections(10_000);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await OpenConnections(90_000);
        var after = GC.GetTotalMemory(forceFullCollection: true);

        Assert.Equal(Capacity, TracingSubscription.Tracker!.Connections.Count);
        Assert.True(after - before < 5_000_000, $"{after - before:N0} bytes more after 90,000 connections.");

        async Task OpenConnections(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await client.GetStringAsync("http://memory/one");
            }

            // The collector of the test keeps what was exported; that is not what is measured.
            host.Connections.Clear();
        }
    }

    [Fact]
    public async Task Requests_that_never_finish_are_not_held()
    {
        await using var host = await TracedHost.StartAsync();

        var activities = await StartRequests(10_000);

        Assert.Equal(10_000, activities.Count);
        Assert.InRange(TracingSubscription.Tracker!.Connections.Count, 1, 4096);
        await CollectedSoon(activities);
    }

    [Fact]
    public async Task Connection_that_is_used_stays_when_the_table_is_full()
    {
        await using var host = await TracedHost.StartAsync(
            new Dictionary<string, string?> { ["ConnectionTracing:MaxTrackedConnections"] = "16" });
        using var lasting = new HttpClient(MemoryTransport.NewHandler());
        using var passing = new HttpClient(MemoryTransport.NewHandler(requestsPerConnection: 1));

        for (var i = 0; i < 200; i++)
        {
            await lasting.GetStringAsync("http://memory/lasting");
            await passing.GetStringAsync("http://memory/passing");
        }

        var spans = await host.RequestsTo("/lasting", 200);
        Assert.All(spans, span => Assert.True(span.Has(ConnectionReused)));
        Assert.Single(spans, span => !span.Is(ConnectionReused));
    }

    [Fact]
    public async Task Idle_thread_holds_no_activity()
    {
        var left = new TaskCompletionSource<WeakReference>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var over = new ManualResetEventSlim();
        await using var host = await TracedHost.StartAsync();
        var thread = new Thread(() =>
        {
            left.SetResult(LeaveActivity());
            over.Wait();
        });
        thread.Start();

        try
        {
            var activity = await left.Task.Soon();
            await CollectedSoon([activity], spared: 0);
        }
        finally
        {
            over.Set();
            thread.Join();
        }
    }

    // As SocketsHttpHandler does before it opens a connection, but nothing follows.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LeaveActivity()
    {
        var activity = new Activity("left").Start();
        Activity.Current = null;
        return new WeakReference(activity);
    }

    // Not inlined, so that no local of it keeps anything alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<List<WeakReference>> StartRequests(int count)
    {
        var seen = new List<WeakReference>();
        using var arrived = new SemaphoreSlim(0);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            ActivityStarted = activity =>
            {
                lock (seen)
                {
                    seen.Add(new WeakReference(activity));
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        // Not disposed on purpose: that would end the requests. They become unreachable together with the client.
        var client = new HttpClient(MemoryTransport.NewHandler(silent: true, onRequest: () => arrived.Release())) { Timeout = Timeout.InfiniteTimeSpan };
        for (var i = 0; i < count; i++)
        {
            _ = client.GetStringAsync("http://memory/never");
            await arrived.WaitAsync().Soon();
        }

        return seen;
    }

    private static async Task CollectedSoon(List<WeakReference> activities, int spared = 10)
    {
        for (var i = 0; i < 50; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();

            // Thread statics and stacks may hold on to the last few.
            if (activities.Count(activity => activity.IsAlive) <= spared)
            {
                return;
            }
        }

        Assert.Fail($"{activities.Count(activity => activity.IsAlive)} of {activities.Count} requests are still held.");
    }
}
