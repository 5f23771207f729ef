using System.Diagnostics;
using System.Net;
using ConnectionTracing;
using ConnectionTracing.Journal;
using ConnectionTracing.Runtime;
using ConnectionTracingDemo.Tests.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

[Collection(NetworkSources.Name)]
public sealed class MonitorTests
{
    // A span's start, its duration and the events come from different clocks.
    private const double ClockMs = 5;

    [Fact]
    public async Task Cold_request_shows_every_phase_at_its_time()
    {
        await using var host = await TracedHost.StartAsync();
        var monitor = Monitor(host);
        await using var server = await TestServer.StartAsync(https: true);
        using var client = new HttpClient(TestServer.NewTrustingHandler());

        await client.GetStringAsync(server.Url("/cold?secret=1"));
        await client.GetStringAsync(server.Url("/warm"));

        var cold = RequestTo(monitor, "/cold");
        Assert.Equal(("GET", server.Url("/cold?*").ToString(), "localhost", server.Port, "1.1", 200), (cold.Method, cold.Url, cold.Host, cold.Port!.Value, cold.Protocol, cold.Status!.Value));
        Assert.Null(cold.ErrorType);
        Assert.Equal((false, true), (cold.Reused, cold.Initiated));
        Assert.Equal(["queue", "dns", "tcp", "tls", "send", "wait", "read"], cold.Phases.Select(phase => phase.Name));
        Assert.All(cold.Phases, phase => Assert.Null(phase.ErrorType));

        var (queue, dns, tls, send, wait, read) = (cold.Phases[0], cold.Phases[1], cold.Phases[3], cold.Phases[4], cold.Phases[5], cold.Phases[6]);
        Assert.All(cold.Phases.Skip(1).Take(3).Zip(cold.Phases.Skip(2)), pair => AssertBefore(End(pair.First), pair.Second.Start));
        AssertBefore(End(tls), End(queue));
        AssertBefore(End(queue), send.Start);
        AssertBefore(End(send), wait.Start);
        AssertBefore(End(wait), cold.Duration);
        AssertBefore(cold.Duration, read.Start);
        Assert.True(tls.Duration > 0.1 && dns.Duration > 0);

        var warm = RequestTo(monitor, "/warm");
        Assert.Equal(["send", "wait", "read"], warm.Phases.Select(phase => phase.Name));
        Assert.Equal((true, false), (warm.Reused, warm.Initiated));
        Assert.Equal((cold.Connection, cold.ConnectionId), (warm.Connection, warm.ConnectionId));

        var connection = Assert.Single(monitor.GetReport().Connections);
        Assert.Equal((cold.Connection, cold.ConnectionId), (connection.SpanId, connection.Id));
        Assert.Equal(("https", "localhost", server.Port), (connection.Scheme, connection.Address, connection.Port!.Value));
        Assert.Equal("1.1", connection.Protocol);
        Assert.Equal("1.3", connection.TlsProtocol);
        Assert.Null(connection.ClosedAt);
        Assert.Equal(2, connection.Served);
    }

    [Fact]
    public async Task Http2_connection_says_so()
    {
        await using var host = await TracedHost.StartAsync();
        var monitor = Monitor(host);
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        await client.GetStringAsync(server.Url("/two"));

        Assert.Equal("2", RequestTo(monitor, "/two").Protocol);
        var connection = Assert.Single(monitor.GetReport().Connections);
        Assert.Equal("2", connection.Protocol);
        Assert.Null(connection.TlsProtocol);
    }

    [Fact]
    public async Task Without_request_phases_the_requests_still_say_which_protocol_it_was()
    {
        await using var host = await TracedHost.StartAsync(new Dictionary<string, string?> { ["ConnectionTracing:RequestPhases"] = "false" });
        var monitor = Monitor(host);
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await client.GetStringAsync(server.Url("/plain"));

        Assert.Equal(["queue", "dns", "tcp"], RequestTo(monitor, "/plain").Phases.Select(phase => phase.Name));
        var connection = Assert.Single(monitor.GetReport().Connections);
        Assert.Equal("1.1", connection.Protocol);
        Assert.Null(connection.Id);
    }

    [Theory]
    [InlineData("/close/body")]
    [InlineData("/close/none")]
    public async Task Connection_that_the_server_closes_is_closed(string path)
    {
        await using var host = await TracedHost.StartAsync();
        var monitor = Monitor(host);
        await using var server = new RawServer(async (stream, stop) =>
        {
            var request = await RawServer.ReadRequest(stream, stop);
            await RawServer.Write(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + (request!.Contains("body", StringComparison.Ordinal) ? "2\r\n\r\nok" : "0\r\n\r\n"), stop);
            await stream.CopyToAsync(Stream.Null, stop);
        });
        using var client = new HttpClient();

        await client.GetStringAsync($"http://localhost:{server.Port}{path}");

        var update = await Watch(monitor, update => update.Connections.Any(connection => connection.ClosedAt is not null));
        var connection = update.Connections.Single();
        Assert.Equal(RequestTo(monitor, path).Connection, connection.SpanId);
        Assert.Equal("1.1", connection.Protocol);
        Assert.True(connection.ClosedAt >= connection.OpenedAt);
    }

    [Fact]
    public async Task Connection_is_closed_also_when_request_phases_were_off_for_a_while()
    {
        await using var host = await TracedHost.StartAsync();
        var monitor = Monitor(host);
        await using var server = await TestServer.StartAsync();

        using (var client = new HttpClient())
        {
            await client.GetStringAsync(server.Url("/on"));
            host.Settings.Change("ConnectionTracing:RequestPhases", "false");
            Assert.Null(Assert.Single(monitor.GetReport().Connections).Id);
            host.Settings.Change("ConnectionTracing:RequestPhases", "true");
            await client.GetStringAsync(server.Url("/on-again"));
        }

        var update = await Watch(monitor, update => update.Connections.Any(connection => connection.ClosedAt is not null)).Soon();
        Assert.Equal(RequestTo(monitor, "/on-again").ConnectionId, update.Connections.Single().Id);
    }

    [Fact]
    public void Connection_that_was_taken_for_another_one_leaves_it_its_number()
    {
        var table = new ConnectionTable(capacity: 16);
        var (one, other) = (New(), New());
        table.Add(one);
        table.Add(other);

        // Their events came on each other's thread; the requests that they serve know better.
        table.Identify(one, 2);
        table.Identify(other, 2);
        table.Identify(one, 1);

        Assert.True(table.TryClose(2, out var closed));
        Assert.Equal(other, closed);
        Assert.True(table.TryClose(1, out closed));
        Assert.Equal(one, closed);

        static TrackedConnection New()
        {
            using var setup = new Activity("setup").Start();
            return new TrackedConnection(setup, outer: null);
        }
    }

    [Fact]
    public async Task Failed_phase_says_why()
    {
        await using var host = await TracedHost.StartAsync();
        var monitor = Monitor(host);
        using var client = new HttpClient();
        var url = $"http://localhost:{FreePort.Find()}/refused";

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(url));

        var request = RequestTo(monitor, "/refused");
        Assert.Equal((null, "connection_error", null), (request.Status, request.ErrorType, request.Connection));
        Assert.Equal(["queue", "dns", "tcp"], request.Phases.Select(phase => phase.Name));
        Assert.Equal(["connection_error", null, "connection_refused"], request.Phases.Select(phase => phase.ErrorType));
        Assert.Equal("connection_refused", Assert.Single(monitor.GetReport().Connections).ErrorType);
    }

    [Fact]
    public async Task Cancelled_request_fails_in_the_phase_that_it_gave_up()
    {
        await using var host = await TracedHost.StartAsync();
        var monitor = Monitor(host);
        using var handshaking = new SemaphoreSlim(0);
        await using var server = new RawServer(async (stream, stop) =>
        {
            // The client's first words, and no answer to them.
            await stream.ReadExactlyAsync(new byte[5], stop);
            handshaking.Release();
            await stream.CopyToAsync(Stream.Null, stop);
        });
        using var client = new HttpClient();
        using var cancel = new CancellationTokenSource();

        var cancelled = client.GetStringAsync($"https://localhost:{server.Port}/cancelled", cancel.Token);
        await handshaking.WaitAsync().Soon();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        var request = RequestTo(monitor, "/cancelled");
        Assert.Equal(["queue", "dns", "tcp", "tls"], request.Phases.Select(phase => phase.Name));
        Assert.NotNull(request.ErrorType);
        Assert.Equal([false, true, true, false], request.Phases.Select(phase => phase.ErrorType is null));
        AssertBefore(End(request.Phases[3]), request.Duration);
    }

    [Fact]
    public async Task Request_that_the_server_does_not_answer_fails_in_waiting()
    {
        await using var host = await TracedHost.StartAsync();
        var monitor = Monitor(host);
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        using var cancel = new CancellationTokenSource();

        var cancelled = client.GetStringAsync(server.Url("/gate/never"), cancel.Token);
        await server.Arrival();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        var request = RequestTo(monitor, "/gate/never");
        var wait = request.Phases[^1];
        Assert.Equal("wait", wait.Name);
        Assert.NotNull(wait.ErrorType);
        Assert.Null(Assert.Single(request.Phases, phase => phase.Name == "send").ErrorType);
    }

    [Fact]
    public async Task Body_that_breaks_off_fails_in_reading()
    {
        await using var host = await TracedHost.StartAsync();
        var monitor = Monitor(host);
        await using var server = new RawServer(async (stream, stop) =>
        {
            await RawServer.ReadRequest(stream, stop);
            await RawServer.Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbroken", stop);
        });
        using var client = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://localhost:{server.Port}/broken"));

        var request = RequestTo(monitor, "/broken");
        Assert.Equal(200, request.Status);
        Assert.Equal(("read", "_OTHER"), (request.Phases[^1].Name, request.Phases[^1].ErrorType));
    }

    [Fact]
    public async Task Requests_that_nobody_records_are_left_out()
    {
        await using var host = await TracedHost.StartAsync(sampler: new AlwaysOffSampler());
        var monitor = Monitor(host);
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await client.GetStringAsync(server.Url("/unsampled"));

        Assert.Empty(monitor.GetReport().Requests);
        Assert.Equal(1, Assert.Single(monitor.GetReport().Connections).Served);
    }

    [Theory]
    [InlineData("http://host/path", "http://host/path")]
    [InlineData("http://host/path?*", "http://host/path?*")]
    [InlineData("http://host/path?key=secret#part", "http://host/path?*")]
    [InlineData("http://host/path#secret", "http://host/path")]
    [InlineData("http://user:secret@host:1/a@b?*", "http://host:1/a@b?*")]
    [InlineData("http://user:secret@host", "http://host")]
    [InlineData("http://host?key=user@secret", "http://host?*")]
    [InlineData("", "")]
    [InlineData("/", "/")]
    public void Urls_show_no_secrets(string url, string shown) => Assert.Equal(shown, ShownUrl.Of(url));

    [Fact]
    public void Urls_are_cut() => Assert.Equal(2048, ShownUrl.Of("http://host/" + new string('x', 10_000)).Length);

    [Fact]
    public async Task Application_without_OpenTelemetry_knows_its_requests_and_what_is_wrong_with_them()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Development" });
        builder.AddConnectionTracing();
        using var host = builder.Build();
        var monitor = host.Services.GetRequiredService<IConnectionTracingMonitor>();
        await host.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await client.GetStringAsync(server.Url("/plain"));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://127.0.0.1:{FreePort.Find()}/refused"));

        var report = monitor.GetReport();
        var request = report.Requests.First(request => request.Url.EndsWith("/plain", StringComparison.Ordinal));
        Assert.Equal(200, request.Status);
        Assert.Contains("wait", request.Phases.Select(phase => phase.Name));
        Assert.Equal(FindingCause.ConnectionRefused, Assert.Single(report.Findings).Cause);
        await host.StopAsync();
    }

    [Fact]
    public async Task Nothing_is_remembered_until_somebody_asks()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        await client.GetStringAsync(server.Url("/before"));

        var monitor = Monitor(host);
        Assert.Empty(monitor.GetReport().Requests);

        await client.GetStringAsync(server.Url("/after"));
        RequestTo(monitor, "/after");
    }

    [Fact]
    public async Task Trace_shows_its_requests_in_the_order_of_their_ends()
    {
        await using var host = await TracedHost.StartAsync();
        var monitor = Monitor(host);
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        using (var parent = new Activity("parent") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start())
        {
            await client.GetStringAsync(server.Url("/one"));
            await client.GetStringAsync(server.Url("/two"));
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://localhost:{FreePort.Find()}/three"));
            parent.Stop();

            // Outside of it, but over one of its connections.
            await client.GetStringAsync(server.Url("/other"));

            var trace = monitor.GetTrace(parent.TraceId.ToHexString().ToUpperInvariant());
            Assert.Equal(["/one", "/two", "/three"], trace.Requests.Select(request => new Uri(request.Url).AbsolutePath));
            Assert.All(trace.Requests.Take(2), request => Assert.Equal("read", request.Phases[^1].Name));
            Assert.Equal([null, "connection_refused"], trace.Connections.OrderBy(connection => connection.OpenedAt).Select(connection => connection.ErrorType));
        }

        Assert.Empty(monitor.GetTrace("nonsense").Requests);
    }

    [Fact]
    public async Task History_has_each_request_once_and_in_order_with_its_connections_and_findings()
    {
        await using var host = await TracedHost.StartAsync();
        var monitor = Monitor(host);
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        await client.GetStringAsync(server.Url("/one"));
        await client.GetStringAsync(server.Url("/two"));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://localhost:{FreePort.Find()}/three"));

        var history = monitor.GetHistory();

        Assert.True(history is { Enabled: true, RequestPhases: true, Missed: 0 });
        Assert.Equal(["/one", "/two", "/three"], history.Requests.Select(request => new Uri(request.Url).AbsolutePath));
        Assert.All(history.Requests.Take(2), request => Assert.Equal("read", request.Phases[^1].Name));
        Assert.Equal(history.Requests[0].Connection, Assert.Single(history.Connections, connection => connection.ErrorType is null).SpanId);
        Assert.Single(history.Connections, connection => connection.ErrorType == "connection_refused");
        Assert.Equal(FindingCause.ConnectionRefused, Assert.Single(history.Findings).Cause);
    }

    [Fact]
    public async Task Update_says_that_request_phases_are_off()
    {
        await using var host = await TracedHost.StartAsync(new Dictionary<string, string?> { ["ConnectionTracing:RequestPhases"] = "false" });

        Assert.False((await Watch(Monitor(host), _ => true)).RequestPhases);
    }

    [Fact]
    public async Task Watcher_sees_requests_and_the_switch()
    {
        await using var host = await TracedHost.StartAsync();
        var monitor = Monitor(host);
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        await client.GetStringAsync(server.Url("/earlier"));
        await using var updates = monitor.WatchAsync().GetAsyncEnumerator();

        var first = await Next(updates);
        Assert.True(first.Enabled);
        Assert.Contains(first.Requests, request => request.Url.EndsWith("/earlier", StringComparison.Ordinal));
        Assert.Single(first.Connections);

        await client.GetStringAsync(server.Url("/later"));
        var requests = new List<TracedRequest>();
        while (!requests.Any(request => request.Phases[^1].Name == "read"))
        {
            var update = await Next(updates);
            requests.AddRange(update.Requests);
            Assert.Single(update.Connections);
        }

        Assert.All(requests, request => Assert.EndsWith("/later", request.Url, StringComparison.Ordinal));
        Assert.Single(requests.Select(request => request.SpanId).Distinct());

        monitor.TurnOff();
        Assert.False((await Next(updates)).Enabled);
        monitor.TurnOn(TimeSpan.FromMinutes(5));
        var on = await Next(updates);
        Assert.True(on.Enabled);
        Assert.NotNull(on.Until);

        // What became of the connections meanwhile, nobody knows.
        await using var newcomer = monitor.WatchAsync().GetAsyncEnumerator();
        Assert.Empty((await Next(newcomer)).Connections);
    }

    [Fact]
    public async Task Watcher_goes_on_after_the_position_he_saw()
    {
        await using var host = await TracedHost.StartAsync();
        var monitor = Monitor(host);
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        await client.GetStringAsync(server.Url("/seen"));
        var position = (await Watch(monitor, _ => true)).Position;
        await client.GetStringAsync(server.Url("/unseen"));

        await using var updates = monitor.WatchAsync(position).GetAsyncEnumerator();

        var update = await Next(updates);
        Assert.Equal(0, update.Missed);
        Assert.All(update.Requests, request => Assert.EndsWith("/unseen", request.Url, StringComparison.Ordinal));
        Assert.NotEmpty(update.Requests);
    }

    [Fact]
    public async Task Watcher_of_nothing_hears_that_it_is_alive()
    {
        var time = new ManualTime();
        await using var host = await TracedHost.StartAsync(configure: services => services.AddSingleton<TimeProvider>(time));
        await using var updates = Monitor(host).WatchAsync().GetAsyncEnumerator();
        await Next(updates);

        var start = time.GetUtcNow();
        var next = Next(updates);
        while (!next.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        Assert.True(time.GetUtcNow() - start >= TimeSpan.FromSeconds(15));
        Assert.Empty((await next).Requests);
    }

    [Fact]
    public async Task Watching_ends_with_its_token_and_with_the_host()
    {
        await using var host = await TracedHost.StartAsync();
        using var cancel = new CancellationTokenSource();
        await using var cancelled = Monitor(host).WatchAsync(cancellationToken: cancel.Token).GetAsyncEnumerator();
        await using var stopped = Monitor(host).WatchAsync().GetAsyncEnumerator();
        Assert.True(await cancelled.MoveNextAsync());
        Assert.True(await stopped.MoveNextAsync());

        var cancelledEnd = cancelled.MoveNextAsync().AsTask();
        await cancel.CancelAsync();
        Assert.False(await cancelledEnd.Soon());

        var stoppedEnd = stopped.MoveNextAsync().AsTask();
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        Assert.False(await stoppedEnd.Soon());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(86_401)]
    public async Task Time_that_is_not_allowed(int seconds)
    {
        await using var host = await TracedHost.StartAsync();

        var failure = Assert.Throws<ArgumentOutOfRangeException>(() => Monitor(host).TurnOn(TimeSpan.FromSeconds(seconds)));

        Assert.Contains("a time from 00:00:01 to 1.00:00:00", failure.Message, StringComparison.Ordinal);
    }

    private static IConnectionTracingMonitor Monitor(TracedHost host) => host.Services.GetRequiredService<IConnectionTracingMonitor>();

    /// <summary>The request to a path, without what a busy machine adds to its setup.</summary>
    private static TracedRequest RequestTo(IConnectionTracingMonitor monitor, string path)
    {
        var request = Assert.Single(monitor.GetReport().Requests, request => new Uri(request.Url).AbsolutePath == path);
        return request with { Phases = [.. request.Phases.Where(phase => phase.Name != "other")] };
    }

    private static async Task<ConnectionTracingUpdate> Next(IAsyncEnumerator<ConnectionTracingUpdate> updates)
    {
        Assert.True(await updates.MoveNextAsync().AsTask().Soon());
        return updates.Current;
    }

    private static async Task<ConnectionTracingUpdate> Watch(IConnectionTracingMonitor monitor, Func<ConnectionTracingUpdate, bool> match)
    {
        await using var updates = monitor.WatchAsync().GetAsyncEnumerator();
        while (true)
        {
            var update = await Next(updates);
            if (match(update))
            {
                return update;
            }
        }
    }

    private static double End(TracedPhase phase) => phase.Start + phase.Duration;

    private static void AssertBefore(double earlier, double later) => Assert.True(earlier <= later + ClockMs, $"{earlier} ms is after {later} ms.");
}
