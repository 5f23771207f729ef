using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ConnectionTracing.Attributes;
using ConnectionTracing.Model;
using ConnectionTracing.Runtime;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;
using static ConnectionTracing.Model.AttributeNames;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

[Collection(NetworkSources.Name)]
public sealed class RequestAttributeTests
{
    // A span's start and its duration come from two clocks.
    private const double ClockMs = 5;

    [Fact]
    public async Task First_request_pays_for_its_connection_and_the_second_inherits_it()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync(https: true);
        using var client = new HttpClient(TestServer.NewTrustingHandler());

        await client.GetStringAsync(server.Url("/first"));
        await client.GetStringAsync(server.Url("/second"));

        var first = await host.RequestTo("/first");
        Assert.False(first.Is(ConnectionReused));
        Assert.True(first.Is(ConnectionInitiated));
        Assert.False(first.Has(ConnectionAge));

        var setup = first.Ms(SetupDuration);
        var queue = first.Ms(QueueDuration);
        Assert.InRange(first.Ms(DnsDuration) + first.Ms(TcpDuration) + first.Ms(TlsDuration), 0, setup + ClockMs);

        // The setup begins on another thread than the wait, which may be the faster one.
        var waitSpan = (await host.Connections.WaitFor(span => span.ParentId == first.Id)).Single();
        var setupSpan = (await host.Connections.WaitFor(span => span.Id == first.Links.Single())).Single();
        var headStart = Math.Max(0, (waitSpan.Start - setupSpan.Start).TotalMilliseconds);
        Assert.InRange(setup, 0, queue + headStart + ClockMs);

        Assert.InRange(queue + first.Ms(SendDuration) + first.Ms(WaitDuration), 0, first.Duration.TotalMilliseconds + ClockMs);
        Assert.True(first.Ms(TlsDuration) > 0.1, $"A handshake takes longer than {first.Ms(TlsDuration)} ms.");

        var second = await host.RequestTo("/second");
        Assert.True(second.Is(ConnectionReused));
        Assert.False(second.Is(ConnectionInitiated));
        Assert.True(second.Ms(ConnectionAge) >= 0);
        Assert.True(second.Has(SendDuration));
        Assert.True(second.Has(WaitDuration));
        Assert.False(second.Has(QueueDuration));
        Assert.False(second.Has(SetupDuration));
        Assert.Equal(first.Tags[ConnectionId], second.Tags[ConnectionId]);
    }

    [Fact]
    public async Task Setup_phases_appear_below_the_wait_at_their_true_times()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync(https: true);
        using var client = new HttpClient(TestServer.NewTrustingHandler());

        await client.GetStringAsync(server.Url("/inline"));

        var request = await host.RequestTo("/inline");
        var wait = (await host.Connections.WaitFor(span => span.ParentId == request.Id)).Single();
        var phases = await host.Requests.WaitFor(span => span.ParentId == wait.Id && span.Name != TracingSource.OtherSetup, 3);

        Assert.StartsWith("HTTP wait_for_connection", wait.Name, StringComparison.Ordinal);
        Assert.Equal(["DNS lookup localhost", "socket connect", "TLS client handshake localhost"], phases.Select(phase => phase.Name.Split(" [")[0] is var name && name.StartsWith("socket connect", StringComparison.Ordinal) ? "socket connect" : name));
        Assert.All(phases, phase => Assert.Equal(request.TraceId, phase.TraceId));

        // The original trace stays, and these are its times.
        var setup = (await host.Connections.WaitFor(span => span.Id == request.Links.Single())).Single();
        var originals = await host.Connections.WaitFor(span => span.ParentId == setup.Id, 3);
        Assert.Equal(originals.OrderBy(span => span.Start).Select(span => span.Start), phases.Select(phase => phase.Start));
        Assert.Equal("tls", phases[2].Tags["tls.protocol.name"]);
    }

    [Fact]
    public async Task Without_inline_setup_and_phases_there_are_no_spans_of_ours()
    {
        await using var host = await TracedHost.StartAsync(new Dictionary<string, string?>
        {
            ["ConnectionTracing:InlineSetup"] = "false",
            ["ConnectionTracing:RequestPhases"] = "false",
        });
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await client.GetStringAsync(server.Url("/plain"));

        var request = await host.RequestTo("/plain");
        Assert.True(request.Has(SetupDuration));
        Assert.False(request.Has(SendDuration));
        Assert.False(request.Has(ConnectionId));
        Assert.DoesNotContain(host.Requests.Spans, span => span.Source == "ConnectionTracing");
    }

    [Fact]
    public async Task Requests_that_share_one_connection_queue_for_each_other()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });

        using var queue = new QueueWatch();

        var requests = Enumerable.Range(0, 3).Select(_ => client.GetStringAsync(server.Url("/gate/queue"))).ToList();
        await queue.Entered(requests.Count);
        for (var i = 0; i < requests.Count; i++)
        {
            await server.Arrival();
            server.Open();
        }

        await Task.WhenAll(requests);

        var spans = await host.RequestsTo("/gate/queue", 3);
        Assert.Equal([false, true, true], spans.Select(span => span.Is(ConnectionReused)));
        Assert.Equal([true, false, false], spans.Select(span => span.Is(ConnectionInitiated)));
        Assert.Single(spans.Select(span => span.Tags[ConnectionId]).Distinct());

        // Each leaves the queue only when the one before has been answered.
        var left = new List<DateTime>();
        foreach (var span in spans)
        {
            var wait = (await host.Connections.WaitFor(wait => wait.ParentId == span.Id)).Single();
            left.Add(wait.Start + wait.Duration);
            Assert.Equal((wait.Start + wait.Duration - span.Start).TotalMilliseconds, span.Ms(QueueDuration));
        }

        for (var i = 1; i < spans.Count; i++)
        {
            Assert.True(
                (left[i] - left[i - 1]).TotalMilliseconds >= spans[i - 1].Ms(WaitDuration) - ClockMs,
                $"{spans[i]} left the queue before {spans[i - 1]} was over.");
        }
    }

    [Fact]
    public void Age_of_a_connection_that_a_retry_queued_for()
    {
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        using var request = At("request", from: 0, to: 200);
        using var setup = At("setup", from: 100, to: 110);
        using var wait = At("wait", from: 105, to: 150);
        var connection = new TrackedConnection(setup, outer: null);
        connection.EndSetup(setup);
        var queued = new QueuedRequest(request);
        queued.EnterQueue(wait);
        queued.LeaveQueue(wait);

        new RequestAttributes().OnRequest(new CompletedRequest(null!, request, connection, First: false, Initiated: null, queued.Complete(pool: null), null, Failure: null));

        Assert.Equal(40.0, request.GetTagItem(ConnectionAge));

        Activity At(string name, int from, int to) =>
            new Activity(name).SetStartTime(start.AddMilliseconds(from)).SetEndTime(start.AddMilliseconds(to));
    }

    [Fact]
    public void Phases_at_the_same_time_count_once()
    {
        using var setup = Ended("setup", from: 0, to: 120);
        var connection = new TrackedConnection(setup, outer: null);
        connection.BeginPhase(new OpeningPhase(SetupPhaseKind.Dns, Ended("lookup", from: 0, to: 10)));
        connection.BeginPhase(new OpeningPhase(SetupPhaseKind.Dns, Ended("another lookup", from: 0, to: 20)));

        // One address after the other; the third is not waited for.
        connection.BeginPhase(new OpeningPhase(SetupPhaseKind.Tcp, Ended("failed", from: 20, to: 50)));
        connection.BeginPhase(new OpeningPhase(SetupPhaseKind.Tcp, Ended("slow", from: 60, to: 110)));
        connection.BeginPhase(new OpeningPhase(SetupPhaseKind.Tcp, Ended("fast", from: 70, to: 100)));
        connection.EndSetup(setup);

        Assert.Equal(TimeSpan.FromMilliseconds(20), SetupPhase.DurationOf(SetupPhaseKind.Dns, connection.Phases));
        Assert.Equal(TimeSpan.FromMilliseconds(30 + 50), SetupPhase.DurationOf(SetupPhaseKind.Tcp, connection.Phases));
        Assert.Null(SetupPhase.DurationOf(SetupPhaseKind.Tls, connection.Phases));
    }

    [Fact]
    public void Handshake_of_which_no_event_tells_lasts_until_the_setup_is_over()
    {
        using var setup = Ended("setup", from: 0, to: 100);
        var connection = new TrackedConnection(setup, outer: null);
        connection.BeginPhase(new OpeningPhase(SetupPhaseKind.Tcp, Ended("connect", from: 0, to: 30)));
        connection.BeginPhase(new OpeningPhase(SetupPhaseKind.Tls, Ended("handshake", from: 40, to: 40)));
        connection.EndSetup(setup);

        Assert.Equal(TimeSpan.FromMilliseconds(30), SetupPhase.DurationOf(SetupPhaseKind.Tcp, connection.Phases));
        Assert.Equal(TimeSpan.FromMilliseconds(60), SetupPhase.DurationOf(SetupPhaseKind.Tls, connection.Phases));
        Assert.All(connection.Phases, phase => Assert.Null(phase.ErrorType));
    }

    [Fact]
    public async Task Attempt_that_outlives_its_request_keeps_its_phases()
    {
        using var connect = new SemaphoreSlim(0);
        using var connecting = new SemaphoreSlim(0);
        using var cancel = new CancellationTokenSource();
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, stop) =>
            {
                connecting.Release();
                await connect.WaitAsync(stop);
                var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, AddressFamily.InterNetwork, stop);
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        var cancelled = client.GetStringAsync(server.Url("/cancelled"), cancel.Token);
        await connecting.WaitAsync().Soon();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await host.RequestTo("/cancelled");
        connect.Release();
        await host.Connections.WaitFor(span => span.Name.StartsWith("HTTP connection_setup", StringComparison.Ordinal));

        await client.GetStringAsync(server.Url("/served"));

        var served = await host.RequestTo("/served");
        Assert.False(served.Is(ConnectionReused));
        Assert.False(served.Is(ConnectionInitiated));
        Assert.True(served.Has(DnsDuration));
        Assert.True(served.Has(TcpDuration));
    }

    [Fact]
    public async Task Request_that_is_dropped_within_a_recorded_trace_leaves_nothing_in_it()
    {
        await using var host = await TracedHost.StartAsync(sampler: new NoClients());
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        using var parent = new Activity("parent") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();

        await client.GetStringAsync(server.Url("/dropped"));

        Assert.DoesNotContain(host.Requests.Spans.Concat(host.Connections.Spans), span => span.TraceId == parent.TraceId);
    }

    [Fact]
    public async Task Spans_below_a_wait_that_nobody_exports_are_not_lost()
    {
        await using var host = await TracedHost.StartAsync(exports: false);
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await client.GetStringAsync(server.Url("/elsewhere"));

        var request = await host.RequestTo("/elsewhere");
        Assert.All(host.Requests.Spans.Where(span => span != request), span => Assert.Equal(request.Id, span.ParentId));
    }

    /// <summary>An activity that began and ended so many milliseconds after one and the same time.</summary>
    private static Activity Ended(string name, int from, int to)
    {
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var activity = new Activity(name).SetStartTime(start.AddMilliseconds(from)).Start();
        activity.SetEndTime(start.AddMilliseconds(to)).Stop();
        return activity;
    }

    /// <summary>Records everything but requests of clients.</summary>
    private sealed class NoClients : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
            new(samplingParameters.Kind == ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
    }
}
