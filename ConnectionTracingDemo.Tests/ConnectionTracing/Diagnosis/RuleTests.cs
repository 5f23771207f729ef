using System.Net;
using System.Net.NetworkInformation;
using System.Net.Security;
using System.Net.Sockets;
using ConnectionTracing;
using ConnectionTracing.Diagnosis;
using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Standalone;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Diagnosis;

/// <summary>Each fault, for real where loopback has it, is named; and no other one with it.</summary>
[Collection(NetworkSources.Name)]
public sealed class RuleTests
{
    [Fact]
    public async Task Pool_saturated()
    {
        await using var host = await DiagnosedHost.StartAsync("Queue");
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });
        await client.GetStringAsync(server.Url("/warm"));

        var first = client.GetStringAsync(server.Url("/gate/first"));
        await server.Arrival();
        using var queue = new QueueWatch();
        var second = client.GetStringAsync(server.Url("/second"));
        await queue.Entered();
        await Task.Delay(DiagnosedHost.Fault);
        server.Open();
        await Task.WhenAll(first, second).Soon();

        var finding = await host.AssertOnly(FindingCause.PoolSaturated, server.Port);
        Assert.Contains("1 connection to the host", finding.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pool_saturated_from_its_first_request_on()
    {
        await using var host = await DiagnosedHost.StartAsync("Queue");
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 2 });

        var requests = Enumerable.Range(0, 6).Select(_ => client.GetStringAsync(server.Url("/gate/cold"))).ToList();
        for (var i = 0; i < requests.Count; i += 2)
        {
            await server.Arrival();
            await server.Arrival();
            await Task.Delay(DiagnosedHost.Fault);
            server.Open(2);
        }

        await Task.WhenAll(requests).Soon();

        await host.AssertOnly(FindingCause.PoolSaturated, server.Port);
    }

    [Fact]
    public async Task Pool_saturated_until_the_request_gave_up()
    {
        await using var host = await DiagnosedHost.StartAsync("Queue");
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });
        await client.GetStringAsync(server.Url("/warm"));

        var first = client.GetStringAsync(server.Url("/gate/first"));
        await server.Arrival();
        using var cancel = new CancellationTokenSource(DiagnosedHost.Fault);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetStringAsync(server.Url("/second"), cancel.Token));
        server.Open();
        await first.Soon();

        Assert.Contains("gave up", (await host.AssertOnly(FindingCause.PoolSaturated, server.Port)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pool_that_opens_a_connection_is_not_saturated()
    {
        await using var host = await DiagnosedHost.StartAsync("Queue");
        await using var server = await TestServer.StartAsync();
        using var connects = new HeldConnects(free: 1);
        using var client = new HttpClient(connects.NewHandler());

        var first = client.GetStringAsync(server.Url("/gate/first"));
        await server.Arrival();
        var second = client.GetStringAsync(server.Url("/second"));
        await connects.Arrival();
        await Task.Delay(DiagnosedHost.Fault);

        // It is served by the connection of the other one, which comes free while its own is still being opened.
        server.Open();
        await Task.WhenAll(first, second).Soon();
        connects.Open();

        Assert.Empty(host.Findings());
    }

    [Fact]
    public async Task Pool_that_opened_a_connection_is_not_saturated_however_many_were_opened_since()
    {
        await using var host = await DiagnosedHost.StartAsync("Queue");
        await using var server = await TestServer.StartAsync();
        using var connects = new HeldConnects(free: 1);
        using var client = new HttpClient(connects.NewHandler());

        var first = client.GetStringAsync(server.Url("/gate/first"));
        await server.Arrival();
        using var cancel = new CancellationTokenSource();
        var cancelled = client.GetStringAsync(server.Url("/cancelled"), cancel.Token);
        await connects.Arrival();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        // It has no attempt of its own: that of the cancelled one goes on, and will do.
        using var queue = new QueueWatch();
        var second = client.GetStringAsync(server.Url("/gate/second"));
        await queue.Entered();
        await Task.Delay(DiagnosedHost.Fault);
        server.Open();
        await first.Soon();
        await server.Arrival();
        connects.Open();
        await host.Connections.WaitFor(span => span.Name.StartsWith("HTTP connection_setup", StringComparison.Ordinal), 2);

        var others = Enumerable.Range(0, HostConnections.Kept).Select(_ => new HttpClient()).ToList();
        foreach (var other in others)
        {
            await other.GetStringAsync(server.Url("/other"));
        }

        server.Open();
        await second.Soon();
        others.ForEach(other => other.Dispose());

        Assert.Empty(host.Findings());
    }

    [Fact]
    public async Task Pool_saturated_tells_only_of_connections_whose_end_would_be_known()
    {
        await using var host = await DiagnosedHost.StartAsync("Queue", null, ("RequestPhases", "false"));
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });
        for (var i = 0; i < 3; i++)
        {
            await client.GetStringAsync(server.Url("/close/unseen"));
        }

        host.Settings.Change("ConnectionTracing:RequestPhases", "true");
        var first = client.GetStringAsync(server.Url("/gate/first"));
        await server.Arrival();
        using var queue = new QueueWatch();
        var second = client.GetStringAsync(server.Url("/second"));
        await queue.Entered();
        await Task.Delay(DiagnosedHost.Fault);
        server.Open();
        await Task.WhenAll(first, second).Soon();

        Assert.Contains("; 1 connection to the host", (await host.AssertOnly(FindingCause.PoolSaturated, server.Port)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_limit()
    {
        await using var host = await DiagnosedHost.StartAsync("Queue");
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2, maxStreams: 1);
        using var client = NewHttp2Client();
        await client.GetStringAsync(server.Url("/warm"));

        var first = client.GetStringAsync(server.Url("/gate/first"));
        await server.Arrival();
        using var queue = new QueueWatch();
        var second = client.GetStringAsync(server.Url("/second"));
        await queue.Entered();
        await Task.Delay(DiagnosedHost.Fault);
        server.Open();
        await Task.WhenAll(first, second).Soon();

        await host.AssertOnly(FindingCause.StreamLimit, server.Port);
    }

    [Fact]
    public async Task Connection_churn_by_the_server()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        for (var i = 0; i < 10; i++)
        {
            await client.GetStringAsync(server.Url("/close/churn"));
        }

        Assert.Contains("9 connections", (await host.AssertOnly(FindingCause.ConnectionChurn, server.Port)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_churn_by_a_handler_for_each_request()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = await TestServer.StartAsync();

        for (var i = 0; i < 10; i++)
        {
            using var client = new HttpClient();
            await client.GetStringAsync(server.Url("/churn"));
        }

        await host.AssertOnly(FindingCause.ConnectionChurn, server.Port);
    }

    [Fact]
    public async Task Connection_churn_by_a_short_lifetime()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });

        for (var i = 0; i < 10; i++)
        {
            await client.GetStringAsync(server.Url("/churn"));
        }

        await host.AssertOnly(FindingCause.ConnectionChurn, server.Port);
    }

    [Fact]
    public async Task Connection_churn_by_requests_that_are_cancelled()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        for (var i = 0; i < 15; i++)
        {
            using var cancel = new CancellationTokenSource();
            var request = client.GetStringAsync(server.Url("/gate/cancelled"), cancel.Token);
            await server.Arrival();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request.Soon());
        }

        Assert.Contains("cancelled", (await host.AssertOnly(FindingCause.ConnectionChurn, server.Port)).Suggestion, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Burst_whose_connections_are_closed_is_no_churn()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = await TestServer.StartAsync();

        using (var client = new HttpClient())
        {
            var requests = Enumerable.Range(0, 15).Select(_ => client.GetStringAsync(server.Url("/gate/burst"))).ToList();
            foreach (var _ in requests)
            {
                await server.Arrival();
            }

            server.Open(requests.Count);
            await Task.WhenAll(requests).Soon();
        }

        using var next = new HttpClient();
        await next.GetStringAsync(server.Url("/next"));

        Assert.Empty(host.Findings());
    }

    [Fact]
    public async Task Cold_start_burst()
    {
        await using var host = await DiagnosedHost.StartAsync(settings: ("Diagnosis:BurstConnections", "8"));
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        var requests = Enumerable.Range(0, 8).Select(_ => client.GetStringAsync(server.Url("/gate/burst"))).ToList();
        foreach (var _ in requests)
        {
            await server.Arrival();
        }

        server.Open(requests.Count);
        await Task.WhenAll(requests).Soon();

        Assert.Contains("8 connections", (await host.AssertOnly(FindingCause.ColdStartBurst, server.Port)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_beside_one_that_is_there_are_no_cold_start()
    {
        await using var host = await DiagnosedHost.StartAsync(settings: ("Diagnosis:BurstConnections", "8"));
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        await client.GetStringAsync(server.Url("/warm"));

        var requests = Enumerable.Range(0, 9).Select(_ => client.GetStringAsync(server.Url("/gate/burst"))).ToList();
        foreach (var _ in requests)
        {
            await server.Arrival();
        }

        server.Open(requests.Count);
        await Task.WhenAll(requests).Soon();

        Assert.Empty(host.Findings());
    }

    [Fact]
    public async Task Host_not_found()
    {
        await using var host = await DiagnosedHost.StartAsync();
        using var request = new MadeUpRequest("nowhere.test", start: 0);

        request.Lookup(0, 5, "host_not_found").Fail(5, "name_resolution_error");

        await host.AssertOnly(FindingCause.HostNotFound, 80);
    }

    [Fact]
    public async Task Host_not_found_for_real()
    {
        await using var host = await DiagnosedHost.StartAsync();
        using var client = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("http://nowhere.invalid/unknown"));

        // Without any resolver, as in a sandbox, it is try_again, and that is nothing to be sure of.
        var certain = Equals((await host.RequestTo("/unknown")).Tags["httpclient.setup.error_type"], "host_not_found");
        Assert.Equal(certain ? [FindingCause.HostNotFound] : [], host.Findings().Select(finding => finding.Cause));
    }

    [Fact]
    public async Task Slow_dns()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowDns");
        using var request = new MadeUpRequest("slow.test", start: 0);

        request.Lookup(0, 300).Succeed(310);

        Assert.Contains("300 ms", (await host.AssertOnly(FindingCause.SlowDns, 80)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dns_unavailable_however_long_it_took()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowDns");
        using var request = new MadeUpRequest("unanswered.test", start: 0);

        request.Lookup(0, 300, "try_again").Fail(310, "name_resolution_error");

        Assert.Contains("300 ms", (await host.AssertOnly(FindingCause.DnsUnavailable, 80)).Evidence, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Serialized_dns()
    {
        await using var host = await DiagnosedHost.StartAsync("QueuedDns", settings: ("Diagnosis:SlowDns", "00:00:00.200"));
        using var first = new MadeUpRequest("queue.test", start: 0);
        using var second = new MadeUpRequest("queue.test", start: 1);
        using var third = new MadeUpRequest("queue.test", start: 2);

        // 90 ms each: the second is done after 179, the third after 268.
        first.Lookup(0, 90).Succeed(91);
        second.Lookup(1, 180).Succeed(181);
        Assert.Empty(host.Findings());
        third.Lookup(2, 270).Succeed(271);

        var finding = await host.AssertOnly(FindingCause.SerializedDns, 80);
        Assert.Contains("178 ms were spent waiting for 2 earlier lookups", finding.Evidence, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Serialized_dns_of_a_request_that_many_connections_were_opened_during()
    {
        await using var host = await DiagnosedHost.StartAsync("QueuedDns", null, ("Diagnosis:SlowDns", "00:00:00.200"), ("Diagnosis:BurstConnections", "10000"));
        var requests = Enumerable.Range(0, 80).Select(i => new MadeUpRequest("burst.test", start: i)).ToList();

        // The first takes 90 ms, each other one 10 ms more: a request that is answered late saw connections come that did not concern it.
        for (var i = 0; i < requests.Count; i++)
        {
            requests[i].Lookup(i, 90 + (10 * i)).Open(91 + (10 * i));
        }

        requests[20].Succeed(2000);

        var finding = await host.AssertOnly(FindingCause.SerializedDns, 80);
        Assert.Contains("Of 270 ms, 260 ms were spent waiting for 20 earlier lookups", finding.Evidence, StringComparison.Ordinal);
        requests.ForEach(request => request.Dispose());
    }

    [UnixFact]
    public async Task Slow_connect_that_is_given_up()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowConnect");
        using var full = new FullBacklog();
        using var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = DiagnosedHost.Fault });

        await Assert.ThrowsAnyAsync<Exception>(() => client.GetStringAsync($"http://127.0.0.1:{full.Port}/hangs"));

        await host.AssertOnly(FindingCause.SlowConnect, full.Port);
    }

    [UnixFact]
    public async Task Slow_connect_of_a_request_that_gives_up()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowConnect");
        using var full = new FullBacklog();
        // The time begins before the connect does, which a busy machine may hold up.
        using var client = new HttpClient { Timeout = 5 * DiagnosedHost.Fault };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetStringAsync($"http://127.0.0.1:{full.Port}/hangs"));

        Assert.Contains("given up", (await host.AssertOnly(FindingCause.SlowConnect, full.Port)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_refused()
    {
        await using var host = await DiagnosedHost.StartAsync();
        using var client = new HttpClient();
        var port = FreePort.Find();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://127.0.0.1:{port}/refused"));

        await host.AssertOnly(FindingCause.ConnectionRefused, port);
    }

    [Fact]
    public async Task Slow_tls()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowTls");
        await using var server = new RawServer(async (stream, stop) =>
        {
            await Task.Delay(DiagnosedHost.Fault, stop);
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = TestServer.Certificate.Value }, stop);
            await RawServer.ReadRequest(tls, stop);
            await RawServer.Write(tls, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", stop);
            await tls.CopyToAsync(Stream.Null, stop);
        });
        using var client = new HttpClient(TestServer.NewTrustingHandler());

        await client.GetStringAsync($"https://localhost:{server.Port}/tls");

        await host.AssertOnly(FindingCause.SlowTls, server.Port);
    }

    [Fact]
    public async Task Slow_tls_that_is_given_up()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowTls");
        await using var server = new RawServer(async (stream, stop) => await stream.CopyToAsync(Stream.Null, stop));
        using var client = new HttpClient { Timeout = 5 * DiagnosedHost.Fault };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetStringAsync($"https://localhost:{server.Port}/tls"));

        Assert.Contains("given up", (await host.AssertOnly(FindingCause.SlowTls, server.Port)).Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", "The server's certificate is not trusted.")]
    [InlineData("127.0.0.1", "The server's certificate is for another name.")]
    public async Task Untrusted_certificate(string name, string summary)
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = await TestServer.StartAsync(https: true);
        using var client = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"https://{name}:{server.Port}/certificate"));

        Assert.Equal(summary, (await host.AssertOnly(FindingCause.UntrustedCertificate, server.Port)).Summary);
    }

    [Fact]
    public async Task First_address_fails()
    {
        await using var host = await DiagnosedHost.StartAsync(settings: ("Diagnosis:FailedAddress", "00:00:00"));
        await using var server = await TestServer.StartAsync();

        // As where the name has both addresses; the server listens on the second.
        var dead = Socket.OSSupportsIPv6 ? IPAddress.IPv6Loopback : IPAddress.Parse("127.0.0.2");
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync([dead, IPAddress.Loopback], context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        await client.GetStringAsync(server.Url("/second-address"));

        Assert.Contains("connection_refused", (await host.AssertOnly(FindingCause.FirstAddressFails, server.Port)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Idle_connection_closed_by_the_server()
    {
        using var closing = new SemaphoreSlim(0);
        await using var host = await DiagnosedHost.StartAsync(settings: ("Diagnosis:ChurnConnections", "32"));
        await using var server = NewIdleClosingServer(closing);
        using var client = new HttpClient();

        // The system is asked in the background, and not too often: the answer is for a later request.
        for (var i = 0; i < 50 && host.Findings().Count == 0; i++)
        {
            await client.GetStringAsync($"http://127.0.0.1:{server.Port}/idle");
            await Task.Delay(DiagnosedHost.Fault);
            closing.Release();
            await ClosedByServer(server.Port);
        }

        await host.AssertOnly(FindingCause.IdleClosed, server.Port);
    }

    [Fact]
    public async Task Connections_that_go_all_at_once_as_when_a_server_restarts_are_no_idle_connections_closed()
    {
        using var closing = new SemaphoreSlim(0);
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = NewIdleClosingServer(closing);
        using var one = new HttpClient();
        using var other = new HttpClient();
        var url = $"http://127.0.0.1:{server.Port}/restarted";
        await one.GetStringAsync(url);
        await other.GetStringAsync(url);
        closing.Release(2);
        await ClosedByServer(server.Port, 2);

        await one.GetStringAsync(url);
        Assert.True(host.Switch.Observers.Diagnosis.Hosts.TryGet("127.0.0.1", server.Port, out var connections));
        await AnsweredAsync(connections.IdleClosings);
        await other.GetStringAsync(url);

        Assert.Equal(2, (await host.RequestsTo("/restarted", 4)).Skip(2).Count(span => !span.Is("httpclient.connection.reused")));
        Assert.Empty(host.Findings());

        static async Task AnsweredAsync(IdleClosings closings)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (!closings.AreByServer(DateTime.UtcNow))
            {
                await Task.Delay(10, deadline.Token);
            }
        }
    }

    [Fact]
    public async Task WebSockets_are_neither_churn_nor_burst()
    {
        await using var host = await DiagnosedHost.StartAsync(settings: ("Diagnosis:BurstConnections", "8"));
        await using var server = new RawServer(async (stream, stop) =>
        {
            await RawServer.ReadRequest(stream, stop);
            await RawServer.Write(stream, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n", stop);
            await stream.CopyToAsync(Stream.Null, stop);
        });
        using var client = new HttpClient();

        // One after the other.
        for (var i = 0; i < 12; i++)
        {
            (await UpgradeAsync()).Dispose();
        }

        // And all at once.
        var upgraded = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => UpgradeAsync())).Soon();
        Array.ForEach(upgraded, response => response.Dispose());

        Assert.Equal(24, (await host.RequestsTo("/upgrade", 24)).Count);
        Assert.Empty(host.Findings());

        async Task<HttpResponseMessage> UpgradeAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{server.Port}/upgrade");
            request.Headers.Add("Connection", "Upgrade");
            request.Headers.Add("Upgrade", "test");
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
            return response;
        }
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Request_beside_WebSockets_is_no_burst(string requestPhases)
    {
        await using var host = await DiagnosedHost.StartAsync(null, null, ("RequestPhases", requestPhases), ("Diagnosis:BurstConnections", "8"));
        using var arrived = new SemaphoreSlim(0);
        var everybody = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var upgraded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async (stream, stop) =>
        {
            var request = await RawServer.ReadRequest(stream, stop);
            arrived.Release();
            await everybody.Task.WaitAsync(stop);
            if (request!.Contains("/upgrade", StringComparison.Ordinal))
            {
                await RawServer.Write(stream, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n", stop);
            }
            else
            {
                await upgraded.Task.WaitAsync(stop);
                await RawServer.Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", stop);
            }

            await stream.CopyToAsync(Stream.Null, stop);
        });
        using var client = new HttpClient();

        var request = client.GetStringAsync($"http://127.0.0.1:{server.Port}/request");
        var upgrades = Enumerable.Range(0, 7).Select(_ => UpgradeAsync()).ToList();
        for (var i = 0; i < 8; i++)
        {
            Assert.True(await arrived.WaitAsync(TimeSpan.FromSeconds(30)));
        }

        everybody.SetResult();
        var responses = await Task.WhenAll(upgrades).Soon();
        await host.RequestsTo("/upgrade", 7);
        upgraded.SetResult();
        await request.Soon();
        Array.ForEach(responses, response => response.Dispose());

        await host.RequestTo("/request");
        Assert.Empty(host.Findings());

        async Task<HttpResponseMessage> UpgradeAsync()
        {
            using var upgrade = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{server.Port}/upgrade");
            upgrade.Headers.Add("Connection", "Upgrade");
            upgrade.Headers.Add("Upgrade", "test");
            return await client.SendAsync(upgrade, HttpCompletionOption.ResponseHeadersRead);
        }
    }

    [Fact]
    public async Task Idle_connection_that_is_too_old_is_not_closed_by_the_server()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMilliseconds(500) });

        var spans = 0;
        do
        {
            await client.GetStringAsync(server.Url("/old"));
            spans++;
            await Task.Delay(DiagnosedHost.Fault);
        }
        while ((await host.RequestsTo("/old", spans)).Count(span => !span.Is("httpclient.connection.reused")) < 3);

        Assert.Empty(host.Findings());
    }

    [Fact]
    public async Task Slow_server()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowServer");
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        var request = client.GetStringAsync(server.Url("/gate/slow"));
        await server.Arrival();
        await Task.Delay(DiagnosedHost.Fault);
        server.Open();
        await request.Soon();

        await host.AssertOnly(FindingCause.SlowServer, server.Port);
    }

    [Fact]
    public async Task Slow_server_that_the_request_gives_up()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowServer");
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        using var cancel = new CancellationTokenSource();

        var request = client.GetStringAsync(server.Url("/gate/slow"), cancel.Token);
        await server.Arrival();
        await Task.Delay(DiagnosedHost.Fault);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);

        Assert.Contains("ended without them", (await host.AssertOnly(FindingCause.SlowServer, server.Port)).Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ok", false)]
    [InlineData("o", true)]
    public async Task Slow_body(string body, bool breaks)
    {
        await using var host = await DiagnosedHost.StartAsync("SlowBody");
        await using var server = new RawServer(async (stream, stop) =>
        {
            await RawServer.ReadRequest(stream, stop);
            await RawServer.Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", stop);
            await Task.Delay(DiagnosedHost.Fault, stop);
            await RawServer.Write(stream, body, stop);
        });
        using var client = new HttpClient();

        var request = client.GetStringAsync($"http://127.0.0.1:{server.Port}/body");
        await request.ContinueWith(_ => { }, TaskScheduler.Default).Soon();
        Assert.Equal(breaks, request.IsFaulted);

        var finding = await host.AssertOnly(FindingCause.SlowBody, server.Port);
        Assert.Equal(breaks, finding.Evidence.Contains("failed", StringComparison.Ordinal));
        Assert.Equal("HTTP response_content", (await host.Requests.WaitFor(span => span.Events.Any(found => found.Name == "httpclient.finding"))).Single().Name);
    }

    private static HttpClient NewHttp2Client() => new()
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>Answers one request on each connection, and closes the connection when it is told to.</summary>
    private static RawServer NewIdleClosingServer(SemaphoreSlim closing) => new(async (stream, stop) =>
    {
        await RawServer.ReadRequest(stream, stop);
        await RawServer.Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", stop);
        await closing.WaitAsync(stop);
    });

    /// <summary>Waits until the client's system knows that the server has closed a connection.</summary>
    private static async Task ClosedByServer(int port, int connections = 1)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Count(connection => connection.RemoteEndPoint.Port == port && connection.State == TcpState.CloseWait) < connections)
        {
            await Task.Delay(10, deadline.Token);
        }
    }
}
