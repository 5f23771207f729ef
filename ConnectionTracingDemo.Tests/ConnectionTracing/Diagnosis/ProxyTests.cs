using System.Net;
using System.Net.Sockets;
using ConnectionTracing;
using ConnectionTracingDemo.Tests.Hosting;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Diagnosis;

/// <summary>What goes wrong with a proxy is said of the proxy, and not of the server behind it, which is healthy or does not exist.</summary>
[Collection(NetworkSources.Name)]
public sealed class ProxyTests
{
    [Theory]
    [InlineData("http", "http")]
    [InlineData("http", "https")]
    [InlineData("socks5", "http")]
    public async Task Proxy_that_is_down_is_unreachable(string proxyScheme, string scheme)
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = await TestServer.StartAsync(https: scheme == "https");
        var port = FreePort.Find();
        using var client = Through($"{proxyScheme}://127.0.0.1:{port}");

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"{scheme}://localhost:{server.Port}/"));

        var finding = await host.AssertOnly(FindingCause.ProxyUnreachable, port);
        Assert.Equal("127.0.0.1", finding.Host);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task Proxy_whose_name_has_no_address_is_not_found(string scheme)
    {
        var answer = await Assert.ThrowsAsync<SocketException>(() => Dns.GetHostAddressesAsync("proxy.invalid"));
        Assert.SkipUnless(answer.SocketErrorCode == SocketError.HostNotFound, $"The resolver says {answer.SocketErrorCode} of a name that does not exist.");
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = await TestServer.StartAsync(https: scheme == "https");
        using var client = Through("http://proxy.invalid:3128");

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"{scheme}://localhost:{server.Port}/"));

        var finding = await host.AssertOnly(FindingCause.ProxyNotFound, 3128);
        Assert.Equal("proxy.invalid", finding.Host);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task Proxy_that_wants_credentials_is_named(string scheme)
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var proxy = Answering("407 Proxy Authentication Required");
        using var client = Through($"http://127.0.0.1:{proxy.Port}");

        await Record.ExceptionAsync(() => client.GetStringAsync($"{scheme}://server.test/"));

        var finding = await host.AssertOnly(FindingCause.ProxyAuthenticationRequired, proxy.Port);
        Assert.Equal("127.0.0.1", finding.Host);
    }

    [Fact]
    public async Task Proxy_that_opens_no_tunnel_is_named_with_its_status()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var proxy = Answering("502 Bad Gateway");
        using var client = Through($"http://127.0.0.1:{proxy.Port}");

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("https://server.test/"));

        var finding = await host.AssertOnly(FindingCause.ProxyTunnelRefused, proxy.Port);
        Assert.Contains("502", finding.Evidence, StringComparison.Ordinal);
        var request = (await host.Requests.WaitFor(span => span.Source == "System.Net.Http")).Single();
        Assert.Equal("tunnel", request.Tags["httpclient.setup.failed_phase"]);
    }

    [Fact]
    public async Task Socks_proxy_that_hangs_up_is_named()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var proxy = new RawServer(async (stream, stop) => await stream.ReadExactlyAsync(new byte[3], stop));
        using var client = Through($"socks5://127.0.0.1:{proxy.Port}");

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("http://server.test/"));

        await host.AssertOnly(FindingCause.ProxyTunnelRefused, proxy.Port);
    }

    [Fact]
    public async Task Tunnel_is_a_phase_of_its_own_and_slow_when_it_takes_long()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowTunnel");
        await using var server = await TestServer.StartAsync(https: true);
        await using var proxy = new RawServer(async (stream, stop) =>
        {
            await RawServer.ReadRequest(stream, stop);
            await Task.Delay(DiagnosedHost.Fault, stop);
            using var onward = new TcpClient();
            await onward.ConnectAsync(IPAddress.Loopback, server.Port, stop);
            await RawServer.Write(stream, "HTTP/1.1 200 OK\r\n\r\n", stop);
            await Task.WhenAny(stream.CopyToAsync(onward.GetStream(), stop), onward.GetStream().CopyToAsync(stream, stop));
        });
        using var handler = TestServer.NewTrustingHandler();
        handler.Proxy = new WebProxy($"http://127.0.0.1:{proxy.Port}");
        using var client = new HttpClient(handler);

        await client.GetStringAsync(server.Url("/tunnelled"));

        await host.AssertOnly(FindingCause.SlowProxyTunnel, proxy.Port);
        var request = await host.RequestTo("/tunnelled");
        Assert.True(request.Ms("httpclient.setup.tunnel_ms") >= DiagnosedHost.Fault.TotalMilliseconds - 50);
        Assert.True(request.Ms("httpclient.setup.tunnel_ms") <= request.Ms("httpclient.setup_ms"));
        Assert.Single(await host.Requests.WaitFor(span => span.Name == "HTTP proxy_tunnel"));
        Assert.Equal(["queue", "tcp", "tunnel", "tls", "send", "wait"], Assert.Single(host.Monitor().GetReport().Requests).Phases.Select(phase => phase.Name).Except(["read", "other", "dns"]));
    }

    [Fact]
    public async Task Tunnel_that_the_request_gives_up_is_slow()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowTunnel");
        await using var proxy = new RawServer((_, stop) => Task.Delay(Timeout.Infinite, stop));
        using var client = Through($"http://127.0.0.1:{proxy.Port}");
        using var cancel = new CancellationTokenSource(DiagnosedHost.Fault);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetStringAsync("https://server.test/", cancel.Token));

        Assert.Contains("given up", (await host.AssertOnly(FindingCause.SlowProxyTunnel, proxy.Port)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pool_of_a_proxy_that_is_saturated_is_the_proxys()
    {
        await using var host = await DiagnosedHost.StartAsync("Queue");
        using var held = new SemaphoreSlim(0);
        using var arrived = new SemaphoreSlim(0);
        await using var proxy = new RawServer(async (stream, stop) =>
        {
            while (await RawServer.ReadRequest(stream, stop) is not null)
            {
                arrived.Release();
                await held.WaitAsync(stop);
                await RawServer.Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", stop);
            }
        });
        using var client = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy($"http://127.0.0.1:{proxy.Port}"), MaxConnectionsPerServer = 1 });

        // Two servers share the pool of the proxy.
        var first = client.GetStringAsync("http://one.test/");
        await arrived.WaitAsync().Soon();
        using var queue = new QueueWatch();
        var second = client.GetStringAsync("http://two.test/");
        await queue.Entered();
        await Task.Delay(DiagnosedHost.Fault);
        held.Release(2);
        await Task.WhenAll(first, second).Soon();

        Assert.Equal("127.0.0.1", (await host.AssertOnly(FindingCause.PoolSaturated, proxy.Port)).Host);
    }

    [Fact]
    public async Task Server_that_a_healthy_proxy_answers_for_has_no_finding()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var proxy = Answering("200 OK");
        using var client = Through($"http://127.0.0.1:{proxy.Port}");

        await client.GetStringAsync("http://server.test/");

        Assert.Empty(host.Findings());
    }

    private static HttpClient Through(string proxy) => new(new SocketsHttpHandler { Proxy = new WebProxy(proxy) });

    private static RawServer Answering(string status) => new(async (stream, stop) =>
    {
        await RawServer.ReadRequest(stream, stop);
        await RawServer.Write(stream, $"HTTP/1.1 {status}\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", stop);
    });
}
