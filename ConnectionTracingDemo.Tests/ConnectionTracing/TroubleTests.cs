using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ConnectionTracing;
using ConnectionTracingDemo.Tests.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using static ConnectionTracing.Model.AttributeNames;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>What goes wrong, or another way than usual.</summary>
[Collection(NetworkSources.Name)]
public sealed class TroubleTests
{
    [Fact]
    public async Task Refused_port()
    {
        await using var host = await TracedHost.StartAsync();
        using var client = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://localhost:{FreePort.Find()}/refused"));

        var span = await host.RequestTo("/refused");
        AssertFailed(span, "tcp", "connection_refused");
        Assert.True(span.Has(DnsDuration));
        Assert.True(span.Has(TcpDuration));
        Assert.False(span.Has(TlsDuration));

        // The failed phase is shown where it happened, and as failed.
        var connect = (await host.Requests.WaitFor(inline => inline.TraceId == span.TraceId && inline.Name.StartsWith("socket connect", StringComparison.Ordinal))).Single();
        Assert.Equal(System.Diagnostics.ActivityStatusCode.Error, connect.Status);
        Assert.Equal("connection_refused", connect.Tags[ErrorType]);
    }

    [Fact]
    public async Task Unknown_host()
    {
        await using var host = await TracedHost.StartAsync();
        using var client = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("http://nowhere.invalid/unknown"));

        var span = await host.RequestTo("/unknown");
        Assert.Equal(1, span.Tags[FailedAttempts]);
        Assert.Equal("dns", span.Tags[FailedPhase]);
        // Without any resolver, as in a sandbox, it is try_again.
        Assert.True(span.Tags[SetupErrorType] is "host_not_found" or "try_again");
        Assert.False(span.Has(TcpDuration));
    }

    [Fact]
    public async Task Bad_certificate()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync(https: true);
        using var client = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(server.Url("/certificate")));

        var span = await host.RequestTo("/certificate");
        AssertFailed(span, "tls", "System.Security.Authentication.AuthenticationException");
        Assert.True(span.Ms(TlsDuration) > 0.1);
    }

    [Fact]
    public async Task Handshake_that_is_never_answered_ends_with_the_connect_timeout()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = new RawServer(async (stream, stop) => await stream.CopyToAsync(Stream.Null, stop));
        var timeout = TimeSpan.FromMilliseconds(300);
        using var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = timeout });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetStringAsync($"https://localhost:{server.Port}/timeout"));

        var span = await host.RequestTo("/timeout");
        Assert.Equal(1, span.Tags[FailedAttempts]);
        Assert.Equal("tls", span.Tags[FailedPhase]);

        // Lookup and connect may have taken any part of the timeout; the handshake cannot have ended before it. Timers may be a little early.
        var handshake = (await host.Requests.WaitFor(inline => inline.TraceId == span.TraceId && inline.Name.StartsWith("TLS client handshake", StringComparison.Ordinal))).Single();
        Assert.True(handshake.Start + handshake.Duration >= span.Start + (0.9 * timeout), $"{handshake} of {span} took {handshake.Duration}.");
        Assert.Equal(handshake.Duration.TotalMilliseconds, span.Ms(TlsDuration));
        Assert.True(span.Ms(SetupDuration) >= span.Ms(TlsDuration), $"{span}");
    }

    [Fact]
    public async Task Server_that_closes_an_idle_connection()
    {
        using var answered = new SemaphoreSlim(0);
        await using var host = await TracedHost.StartAsync();
        await using var server = new RawServer(async (stream, stop) =>
        {
            await RawServer.ReadRequest(stream, stop);
            await RawServer.Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", stop);
            await answered.WaitAsync(stop);
        });
        using var client = new HttpClient();

        await client.GetStringAsync($"http://localhost:{server.Port}/idle");
        answered.Release();
        await client.GetStringAsync($"http://localhost:{server.Port}/idle");

        // Whether the client finds the connection closed before or after it sends, the request is served by a new one.
        var span = (await host.RequestsTo("/idle", 2))[1];
        Assert.False(span.Is(ConnectionReused));
        Assert.True(span.Is(ConnectionInitiated));
        Assert.True(span.Has(SetupDuration));
        Assert.False(span.Has(FailedAttempts));
    }

    [Fact]
    public async Task Connection_opened_for_a_queued_request_when_the_server_closes_that_of_another()
    {
        var closing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answering = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var arrived = new SemaphoreSlim(0);
        var connections = 0;
        await using var host = await TracedHost.StartAsync();
        await using var server = new RawServer(async (stream, stop) =>
        {
            var closes = Interlocked.Increment(ref connections) == 1;
            while (await RawServer.ReadRequest(stream, stop) is { } line)
            {
                if (line.Contains("/closed", StringComparison.Ordinal) && closes)
                {
                    arrived.Release();
                    await closing.Task;
                    return;
                }

                if (line.Contains("/queued", StringComparison.Ordinal))
                {
                    await answering.Task;
                }

                await RawServer.Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", stop);
            }
        });
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });

        await client.GetStringAsync($"http://localhost:{server.Port}/warm");
        var closed = client.GetStringAsync($"http://localhost:{server.Port}/closed");
        await arrived.WaitAsync().Soon();

        using var queue = new QueueWatch();
        var queued = client.GetStringAsync($"http://localhost:{server.Port}/queued");
        await queue.Entered();

        // The pool opens a connection for the queued request, in the flow of the other one, which then retries and waits.
        closing.SetResult();
        await queue.Entered();
        answering.SetResult();
        await Task.WhenAll(closed, queued).Soon();

        var first = await host.RequestTo("/queued");
        Assert.False(first.Is(ConnectionReused));
        Assert.True(first.Has(SetupDuration));

        var second = await host.RequestTo("/closed");
        Assert.True(second.Is(ConnectionReused));
        Assert.False(second.Has(SetupDuration));

        // Whose flow it was is known, for whom it was is not.
        Assert.All(new[] { first, second }, span => Assert.False(span.Has(ConnectionInitiated)));
        var waits = (await host.Connections.WaitFor(wait => wait.ParentId == first.Id || wait.ParentId == second.Id, 2)).Select(wait => wait.Id);
        Assert.DoesNotContain(host.Requests.Spans, inline => waits.Contains(inline.ParentId));
    }

    [Fact]
    public async Task Redirect_is_two_requests_over_one_connection()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await client.GetStringAsync(server.Url("/redirect/target"));

        Assert.False((await host.RequestTo("/redirect/target")).Is(ConnectionReused));
        var target = await host.RequestTo("/target");
        Assert.True(target.Is(ConnectionReused));
        Assert.True(target.Has(SendDuration));

        // The body that was read is that of the last one.
        Assert.Single(await host.Requests.WaitFor(span => span.Name == "HTTP response_content" && span.ParentId == target.Id));
    }

    [Fact]
    public async Task Proxy()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy(server.Address) });

        await client.GetStringAsync("http://behind.invalid/proxied");

        var span = await host.RequestTo("/proxied");
        Assert.False(span.Is(ConnectionReused));
        Assert.True(span.Is(ConnectionInitiated));
        Assert.True(span.Has(DnsDuration));
        Assert.True(span.Has(TcpDuration));
    }

    [Fact]
    public async Task Tunnel_through_a_proxy_counts_the_connection_to_the_proxy()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync(https: true);
        await using var proxy = new RawServer(async (stream, stop) =>
        {
            await RawServer.ReadRequest(stream, stop);
            using var target = new TcpClient();
            await target.ConnectAsync(IPAddress.Loopback, server.Port, stop);
            await RawServer.Write(stream, "HTTP/1.1 200 OK\r\n\r\n", stop);
            await Task.WhenAny(stream.CopyToAsync(target.GetStream(), stop), target.GetStream().CopyToAsync(stream, stop));
        });
        using var handler = TestServer.NewTrustingHandler();
        handler.Proxy = new WebProxy($"http://localhost:{proxy.Port}");
        using var client = new HttpClient(handler);

        await client.GetStringAsync(server.Url("/tunnelled"));

        var span = await host.RequestTo("/tunnelled");
        Assert.False(span.Is(ConnectionReused));
        Assert.True(span.Is(ConnectionInitiated));
        Assert.True(span.Has(DnsDuration));
        Assert.True(span.Has(TcpDuration));
        Assert.True(span.Has(TlsDuration));
        Assert.InRange(span.Ms(SendDuration) + span.Ms(WaitDuration), 0, span.Duration.TotalMilliseconds);
    }

    [Fact]
    public async Task Http2_streams_share_a_connection_that_one_of_them_initiated()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);
        using var client = NewHttp2Client();

        var requests = Enumerable.Range(0, 5).Select(_ => client.GetStringAsync(server.Url("/gate/streams"))).ToList();
        foreach (var _ in requests)
        {
            await server.Arrival();
        }

        server.Open(requests.Count);
        await Task.WhenAll(requests);

        var spans = await host.RequestsTo("/gate/streams", 5);
        var first = Assert.Single(spans, span => !span.Is(ConnectionReused));
        Assert.Equal(first, Assert.Single(spans, span => span.Is(ConnectionInitiated)));
        Assert.Single(spans.Select(span => span.Tags[ConnectionId]).Distinct());
        Assert.All(spans, span =>
        {
            // One that comes late finds the connection open.
            var queue = span.Has(QueueDuration) ? span.Ms(QueueDuration) : 0;
            Assert.InRange(queue + span.Ms(SendDuration) + span.Ms(WaitDuration), 0, span.Duration.TotalMilliseconds + 5);
        });
    }

    [Fact]
    public async Task Attempts_that_begin_in_the_flow_of_another_request_are_not_attributed_to_it()
    {
        await using var host = await TracedHost.StartAsync();
        using var client = NewHttp2Client();
        var url = new Uri($"http://localhost:{FreePort.Find()}/attempts");

        // Over HTTP/2 there is one attempt at a time. When it fails, the next one, for another request, begins in its flow.
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(url))));

        var spans = await host.RequestsTo("/attempts", 10);
        Assert.Contains(spans, span => span.Has(FailedAttempts));
        Assert.All(spans, span => Assert.True(!span.Has(FailedAttempts) || (int)span.Tags[FailedAttempts]! == 1, $"{span}"));
    }

    [Fact]
    public async Task Body_that_is_not_buffered_has_no_span()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        using (var response = await client.GetAsync(server.Url("/streamed"), HttpCompletionOption.ResponseHeadersRead))
        {
            await response.Content.ReadAsStringAsync();
        }

        await client.GetStringAsync(server.Url("/buffered"));

        var streamed = await host.RequestTo("/streamed");
        var buffered = await host.RequestTo("/buffered");
        Assert.True(streamed.Has(WaitDuration));

        var content = Assert.Single(await host.Requests.WaitFor(span => span.Name == "HTTP response_content"));
        Assert.Equal((buffered.TraceId, buffered.Id), (content.TraceId, content.ParentId));
        Assert.True(content.Start >= buffered.Start + buffered.Duration - TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Cancelled_while_the_server_is_busy()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        using var cancel = new CancellationTokenSource();

        var request = client.GetStringAsync(server.Url("/gate/cancelled"), cancel.Token);
        await server.Arrival();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);

        var span = await host.RequestTo("/gate/cancelled");
        Assert.False(span.Is(ConnectionReused));
        Assert.True(span.Has(SendDuration));
        Assert.True(span.Has(WaitDuration));
        Assert.False(span.Has(FailedAttempts));
    }

    [Fact]
    public async Task Connection_that_outlives_its_cancelled_initiator_is_new_to_the_next_request()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var connects = new HeldConnects();
        using var client = new HttpClient(connects.NewHandler());
        using var cancel = new CancellationTokenSource();

        var cancelled = client.GetStringAsync(server.Url("/initiator"), cancel.Token);
        await connects.Arrival();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        // The pool opens no second connection for it: one is on its way.
        using var queue = new QueueWatch();
        var next = client.GetStringAsync(server.Url("/next"));
        await queue.Entered();
        connects.Open();
        await next;

        var initiator = await host.RequestTo("/initiator");
        Assert.True(initiator.Has(QueueDuration));
        Assert.False(initiator.Has(ConnectionReused));
        Assert.False(initiator.Has(FailedAttempts));

        var span = await host.RequestTo("/next");
        Assert.False(span.Is(ConnectionReused));
        Assert.False(span.Is(ConnectionInitiated));
        Assert.True(span.Has(SetupDuration));

        // It did not cause what it waited for: the phases are in the other trace.
        var wait = (await host.Connections.WaitFor(wait => wait.ParentId == span.Id)).Single();
        Assert.DoesNotContain(host.Requests.Spans, inline => inline.ParentId == wait.Id);
    }

    [Fact]
    public async Task Own_attempt_fails_while_another_connection_serves_the_request()
    {
        await using var host = await TracedHost.StartAsync();
        var monitor = host.Services.GetRequiredService<IConnectionTracingMonitor>();
        await using var server = await TestServer.StartAsync();
        using var connects = new HeldConnects(free: 1);
        using var client = new HttpClient(connects.NewHandler());

        var first = client.GetStringAsync(server.Url("/gate/other"));
        await server.Arrival();
        var second = client.GetStringAsync(server.Url("/gate/own"));
        await connects.Arrival();
        server.Open();
        await first;
        await server.Arrival();

        connects.Fail();
        // Exported is not yet known to the tracker.
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (monitor.GetReport().Connections.All(connection => connection.ErrorType is null))
        {
            await Task.Delay(5, timeout.Token);
        }

        server.Open();
        await second;

        var own = await host.RequestTo("/gate/own");
        Assert.True(own.Is(ConnectionReused));
        Assert.False(own.Is(ConnectionInitiated));
        Assert.Equal(1, own.Tags[FailedAttempts]);
        Assert.True(own.Has(SetupErrorType));
        Assert.True(own.Has(SetupDuration));
        Assert.Equal("other", own.Tags[FailedPhase]);
    }

    [Fact]
    public async Task Connection_opened_while_tracing_was_off_is_not_invented()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        host.Switch.TurnOff();
        await client.GetStringAsync(server.Url("/off"));
        host.Switch.TurnOn(null);
        await client.GetStringAsync(server.Url("/on"));

        Assert.All(
            new[] { await host.RequestTo("/off"), await host.RequestTo("/on") },
            span =>
            {
                Assert.Empty(span.Links);
                Assert.False(span.Has(ConnectionReused));
                Assert.False(span.Has(ConnectionInitiated));
                Assert.False(span.Has(ConnectionAge));
            });
        Assert.Empty(host.Connections.Spans);
    }

    [Fact]
    public async Task Synchronous_request()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        using (client.Send(new HttpRequestMessage(HttpMethod.Get, server.Url("/sync"))))
        {
        }

        var span = await host.RequestTo("/sync");
        Assert.False(span.Is(ConnectionReused));
        Assert.True(span.Has(SendDuration));
        Assert.Single(await host.Requests.WaitFor(content => content.Name == "HTTP response_content" && content.ParentId == span.Id));
    }

    [Fact]
    public async Task Body_is_not_that_of_a_parallel_attempt_that_lost()
    {
        await using var host = await TracedHost.StartAsync();
        await using var fast = await TestServer.StartAsync();
        await using var slow = await TestServer.StartAsync();
        using var hedging = new HedgingHandler(fast, slow);
        using var client = new HttpClient(hedging);

        Assert.Equal("hello", await client.GetStringAsync("http://hedged/"));
        slow.Open();
        (await hedging.Lost!).Dispose();

        var won = await host.RequestTo("/gate/won");
        var lost = await host.RequestTo("/gate/lost");
        Assert.NotEqual(won.Tags[ConnectionId], lost.Tags[ConnectionId]);
        Assert.DoesNotContain(host.Requests.Spans, span => span.Name == "HTTP response_content" && span.ParentId == lost.Id);
    }

    [Fact]
    public async Task Synchronous_request_within_another_leaves_it_nothing()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient(new TokenHandler(server.Url("/token")));

        using (client.Send(new HttpRequestMessage(HttpMethod.Get, server.Url("/with-token")), HttpCompletionOption.ResponseHeadersRead))
        {
        }

        var token = await host.RequestTo("/token");
        Assert.True((await host.RequestTo("/with-token")).Has(WaitDuration));

        // The body of the other one has not been read.
        var content = Assert.Single(host.Requests.Spans, span => span.Name == "HTTP response_content");
        Assert.Equal(token.Id, content.ParentId);
    }

    [Fact]
    public async Task Connection_that_came_too_late_for_its_initiator_is_new_to_the_next_request()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        var before = client.GetStringAsync(server.Url("/gate/before"));
        await server.Arrival();

        // While the request waits for its own connection, which is open but not yet in the pool, that of the other one becomes free.
        Task<string> initiator;
        using (var late = new HeldEnd("ConnectionSetup", setup => setup.GetTagItem(ServerPort) is int port && port == server.Port))
        {
            initiator = client.GetStringAsync(server.Url("/gate/initiator"));
            await late.Arrival();
            server.Open();
            await before;
            await server.Arrival();
        }

        // The pool opens no third one as long as that one is on its way.
        await client.GetStringAsync(server.Url("/next"));
        var next = await host.RequestTo("/next");
        Assert.False(next.Is(ConnectionReused));
        Assert.False(next.Is(ConnectionInitiated));
        Assert.True(next.Has(SetupDuration));

        server.Open();
        await initiator;
        Assert.True((await host.RequestTo("/gate/initiator")).Is(ConnectionReused));
    }

    [Fact]
    public async Task Connection_of_http2_is_first_given_to_its_initiator_also_where_another_request_is_faster()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);
        using var connects = new HeldConnects();
        using var client = NewHttp2Client(connects.NewHandler());

        var initiator = client.GetStringAsync(server.Url("/initiator"));
        await connects.Arrival();
        using var queue = new QueueWatch();
        var other = client.GetStringAsync(server.Url("/other"));
        await queue.Entered();

        // The initiator has left the queue, and does not know yet that the connection is its own.
        using (var late = new HeldEnd("WaitForConnection", wait => IsTo(server.Url("/initiator"), wait)))
        {
            connects.Open();
            await late.Arrival();
            await other;
        }

        await initiator;
        Assert.True((await host.RequestTo("/other")).Is(ConnectionReused));
        var caused = await host.RequestTo("/initiator");
        Assert.False(caused.Is(ConnectionReused));
        Assert.True(caused.Is(ConnectionInitiated));
    }

    [Fact]
    public async Task First_connection_to_a_server_without_http2_may_serve_another_request()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync(https: true);
        using var connects = new HeldConnects();
        using var handler = connects.NewHandler();
        using var trusting = TestServer.NewTrustingHandler();
        handler.SslOptions = trusting.SslOptions;
        using var client = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20 };
        using var queue = new QueueWatch();

        var initiator = client.GetStringAsync(server.Url("/gate/initiator"));
        await connects.Arrival();
        await queue.Entered();
        var other = client.GetStringAsync(server.Url("/gate/other"));
        await queue.Entered();

        // Both go back to the queue, that for HTTP/1.1: the one that has caused the connection is the later one.
        using (new HeldEnd("WaitForConnection", wait => IsTo(server.Url("/gate/initiator"), wait)))
        {
            connects.Open();
            await server.Arrival();
        }

        await server.Arrival();
        server.Open();
        Assert.Equal(other, await Task.WhenAny(initiator, other).Soon());
        server.Open();
        await initiator;

        var served = await host.RequestTo("/gate/other");
        Assert.False(served.Is(ConnectionReused));
        Assert.False(served.Is(ConnectionInitiated));
        Assert.True(served.Has(SetupDuration));

        var caused = await host.RequestTo("/gate/initiator");
        Assert.NotEqual(served.Links.Single(), caused.Links.Single());
        Assert.False(caused.Is(ConnectionReused));
        Assert.True(caused.Is(ConnectionInitiated));
    }

    private static void AssertFailed(Span span, string phase, string errorType)
    {
        Assert.Equal(1, span.Tags[FailedAttempts]);
        Assert.Equal(phase, span.Tags[FailedPhase]);
        Assert.Equal(errorType, span.Tags[SetupErrorType]);
        Assert.True(span.Has(SetupDuration));
        Assert.True(span.Has(QueueDuration));

        // No connection served it, so there is nothing to say about one.
        Assert.False(span.Has(ConnectionReused));
        Assert.False(span.Has(ConnectionInitiated));
    }

    private static HttpClient NewHttp2Client(HttpMessageHandler? handler = null) => new(handler ?? new SocketsHttpHandler())
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>Sends a second request when the first has arrived, and then lets the first one win.</summary>
    private sealed class HedgingHandler(TestServer fast, TestServer slow) : DelegatingHandler(new SocketsHttpHandler())
    {
        public Task<HttpResponseMessage>? Lost { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var won = base.SendAsync(new HttpRequestMessage(HttpMethod.Get, fast.Url("/gate/won")), cancellationToken);
            await fast.Arrival();
            Lost = base.SendAsync(new HttpRequestMessage(HttpMethod.Get, slow.Url("/gate/lost")), CancellationToken.None);
            await slow.Arrival();

            fast.Open();
            return await won;
        }
    }

    /// <summary>Gets something by a request of its own first.</summary>
    private sealed class TokenHandler(Uri token) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using (var client = new HttpClient())
            using (client.Send(new HttpRequestMessage(HttpMethod.Get, token), cancellationToken))
            {
            }

            return base.Send(request, cancellationToken);
        }
    }

    private static bool IsTo(Uri url, Activity wait) => wait.Parent?.GetTagItem(UrlFull) is string of && of == url.AbsoluteUri;

    /// <summary>Holds up what goes on when an activity has ended, and this host's tracing has seen it, until this is disposed.</summary>
    private sealed class HeldEnd : IDisposable
    {
        private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _end = new();
        private readonly ActivityListener _listener;

        public HeldEnd(string name, Predicate<Activity> match)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Experimental.System.Net.Http.Connections",
                ActivityStopped = activity =>
                {
                    if (activity.OperationName.EndsWith(name, StringComparison.Ordinal) && match(activity))
                    {
                        _arrived.TrySetResult();
                        _end.Wait(TimeSpan.FromSeconds(30));
                    }
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public Task Arrival() => _arrived.Task.Soon();

        public void Dispose()
        {
            _listener.Dispose();
            _end.Set();
        }
    }
}
