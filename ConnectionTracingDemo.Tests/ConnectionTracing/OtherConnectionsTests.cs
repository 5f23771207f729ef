using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>Connections that HttpClient did not open: those of servers and of other code.</summary>
[Collection(NetworkSources.Name)]
public sealed class OtherConnectionsTests
{
    private static readonly string[] OfOtherCode = ["DNS lookup localhost", "TLS client handshake localhost", "TLS server handshake", "socket connect"];

    [Theory]
    [InlineData("All")]
    [InlineData("Linked")]
    public async Task They_are_not_exported_by_default(string export)
    {
        await using var host = await TracedHost.StartAsync(new Dictionary<string, string?> { ["ConnectionTracing:Export"] = export, ["ConnectionTracing:SlowSetup"] = "00:00:00" });
        await using var server = await TestServer.StartAsync(https: true);
        using var client = new HttpClient(TestServer.NewTrustingHandler());

        await GetWithoutHttpClientAsync(server);
        await client.GetStringAsync(server.Url("/default"));

        var request = await host.RequestTo("/default");
        var setup = Assert.Single(host.Connections.Spans, span => span.Id == request.Links.Single());
        Assert.All(host.Connections.Spans, span => Assert.Contains(span.TraceId, new[] { request.TraceId, setup.TraceId }));
    }

    [Fact]
    public async Task Plaintext_knocks_on_a_TLS_port_leave_no_span()
    {
        const int Knocks = 50;
        await using var host = await TracedHost.StartAsync(new Dictionary<string, string?> { ["ConnectionTracing:Enabled"] = "true" }, environment: "Production");
        await using var server = await TestServer.StartAsync(https: true);

        for (var i = 0; i < Knocks; i++)
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync("127.0.0.1", server.Port);
            await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));

            // The server's handshake has failed when it closes the connection.
            while (await tcp.GetStream().ReadAsync(new byte[1024]).AsTask().Soon() > 0)
            {
            }
        }

        Assert.Empty(host.Connections.Spans);
        Assert.Empty(host.Requests.Spans);
    }

    [Fact]
    public async Task They_are_exported_where_the_setting_says_so()
    {
        await using var host = await TracedHost.StartAsync(new Dictionary<string, string?> { ["ConnectionTracing:OtherConnections"] = "true" });
        await using var server = await TestServer.StartAsync(https: true);

        await GetWithoutHttpClientAsync(server);

        Assert.Equal(OfOtherCode, NamesBelow(parent: default, host));
    }

    [Fact]
    public async Task They_are_exported_inside_the_trace_of_something_else()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync(https: true);

        using var work = new Activity("work") { ActivityTraceFlags = ActivityTraceFlags.Recorded };
        work.Start();
        await GetWithoutHttpClientAsync(server);
        work.Stop();

        Assert.Equal(OfOtherCode.Except(["TLS server handshake"]), NamesBelow(work.SpanId, host));
    }

    [Fact]
    public async Task Root_spans_of_HttpClient_are_none_of_them()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });

        await client.GetStringAsync(server.Url("/no-propagator"));

        var roots = host.Connections.Spans.Where(span => span.ParentId == default).Select(span => span.Name.Split(' ')[1]).Order(StringComparer.Ordinal);
        Assert.Equal(["connection_setup", "wait_for_connection"], roots);
    }

    /// <summary>Without addresses: there may be an attempt for each that localhost has.</summary>
    private static IEnumerable<string> NamesBelow(ActivitySpanId parent, TracedHost host) => host.Connections.Spans
        .Where(span => span.ParentId == parent)
        .Select(span => span.Name.StartsWith("socket connect", StringComparison.Ordinal) ? "socket connect" : span.Name)
        .Distinct()
        .Order(StringComparer.Ordinal);

    /// <summary>The answer is there only when both sides of the handshake have ended.</summary>
    private static async Task GetWithoutHttpClientAsync(TestServer server)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("localhost", server.Port);
        await using var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.GetCertHashString() == TestServer.Certificate.Value.Thumbprint);
        await tls.AuthenticateAsClientAsync("localhost");
        await tls.WriteAsync(Encoding.ASCII.GetBytes("GET /close HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        using var reader = new StreamReader(tls);
        Assert.Contains("hello", await reader.ReadToEndAsync().Soon(), StringComparison.Ordinal);
    }
}
