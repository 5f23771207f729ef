using System.Net;
using System.Net.Sockets;
using ConnectionTracing;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Diagnosis;

/// <summary>What an application does in its ConnectCallback: all of it is shown, and none of it is a fault of the server.</summary>
[Collection(NetworkSources.Name)]
public sealed class ConnectCallbackTests
{
    [Fact]
    public async Task Slow_resolver_of_the_application_is_a_phase_and_a_finding()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowSetup");
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancel) =>
            {
                await Task.Delay(DiagnosedHost.Fault, cancel);
                return await Connect(IPAddress.Loopback, context.DnsEndPoint.Port, cancel);
            },
        });

        await client.GetStringAsync(server.Url("/resolved"));

        await host.AssertOnly(FindingCause.SlowSetup, server.Port);
        var request = await host.RequestTo("/resolved");
        Assert.True(request.Ms("httpclient.setup.other_ms") >= DiagnosedHost.Fault.TotalMilliseconds - 50);
        Assert.True(request.Ms("httpclient.setup.other_ms") <= request.Ms("httpclient.setup_ms"));
        Assert.NotEmpty(await host.Requests.WaitFor(span => span.Name == "HTTP setup_other" && span.TraceId == request.TraceId));
        Assert.Contains(Assert.Single(host.Monitor().GetReport().Requests).Phases, phase => phase.Name == "other" && phase.Duration >= DiagnosedHost.Fault.TotalMilliseconds - 50);
    }

    [Fact]
    public async Task Callback_that_hangs_until_the_request_gives_up_is_slow()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowSetup");
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                await Task.Delay(Timeout.Infinite, cancel);
                return Stream.Null;
            },
        });
        using var cancel = new CancellationTokenSource(DiagnosedHost.Fault);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetStringAsync("http://hangs.test:81/", cancel.Token));

        Assert.Contains("given up", (await host.AssertOnly(FindingCause.SlowSetup, 81)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callback_that_fails_is_no_finding()
    {
        await using var host = await DiagnosedHost.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, _) => throw new InvalidOperationException("no such service") });

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("http://throws.test:81/"));

        Assert.Empty(host.Findings());
    }

    [UnixFact]
    public async Task Address_that_the_application_gave_up_in_a_race_does_not_fail()
    {
        await using var host = await DiagnosedHost.StartAsync(settings: ("Diagnosis:FailedAddress", "00:00:00"));
        await using var server = await TestServer.StartAsync();
        using var full = new FullBacklog();
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancel) =>
            {
                using var race = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                var slower = Connect(IPAddress.Loopback, full.Port, race.Token).AsTask();
                var faster = await Connect(IPAddress.Loopback, context.DnsEndPoint.Port, race.Token);
                await race.CancelAsync();
                await Assert.ThrowsAnyAsync<Exception>(() => slower);
                return faster;
            },
        });

        await client.GetStringAsync(server.Url("/raced"));

        Assert.Empty(host.Findings());
    }

    [Fact]
    public async Task Refusal_at_another_port_is_said_of_that_port()
    {
        await using var host = await DiagnosedHost.StartAsync();
        var closed = Hosting.FreePort.Find();
        using var client = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, cancel) => Connect(IPAddress.Loopback, closed, cancel) });

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("http://server.test:81/"));

        await host.AssertOnly(FindingCause.ConnectionRefused, closed);
    }

    [Fact]
    public async Task Request_of_the_callback_is_no_tunnel()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        await using var registry = await TestServer.StartAsync();
        using var quiet = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancel) =>
            {
                await quiet.GetStringAsync($"http://127.0.0.1:{registry.Port}/lookup", cancel);
                return await Connect(IPAddress.Loopback, context.DnsEndPoint.Port, cancel);
            },
        });

        await client.GetStringAsync(server.Url("/registered"));

        var request = await host.RequestTo("/registered");
        Assert.False(request.Has("httpclient.setup.tunnel_ms"), $"{request}");
        Assert.Single(Assert.Single(host.Monitor().GetReport().Requests).Phases, phase => phase.Name == "tcp");
    }

    private static async ValueTask<Stream> Connect(IPAddress address, int port, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
