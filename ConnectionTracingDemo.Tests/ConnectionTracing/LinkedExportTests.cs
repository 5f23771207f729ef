using System.Net;
using System.Net.Sockets;
using ConnectionTracingDemo.Tests.Hosting;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

[Collection(NetworkSources.Name)]
public sealed class LinkedExportTests
{
    private static readonly Dictionary<string, string?> Linked = new() { ["ConnectionTracing:Export"] = "Linked" };

    [Fact]
    public async Task Under_a_ratio_sampler_every_exported_link_has_its_exported_target()
    {
        const int Connections = 50;
        const int PerConnection = 20;

        await using var host = await TracedHost.StartAsync(Linked, sampler: new TraceIdRatioBasedSampler(0.1));
        using var client = new HttpClient(MemoryTransport.NewHandler(requestsPerConnection: PerConnection));

        for (var i = 0; i < Connections * PerConnection; i++)
        {
            await client.GetStringAsync("http://memory/ratio");
        }

        // Exported synchronously: when the last request is over, so is the export.
        var requests = host.Requests.Spans.Where(span => span.Source == "System.Net.Http").ToList();
        var linked = requests.SelectMany(span => span.Links).ToHashSet();
        var exported = host.Connections.Spans.Where(IsSetup).Select(span => span.Id).ToHashSet();

        // 1,000 requests at 10 %: fewer than 30 or more than 200 do not happen.
        Assert.InRange(requests.Count, 30, 200);
        Assert.All(requests, request => Assert.Single(request.Links));
        Assert.Equal(linked, exported);
        Assert.InRange(exported.Count, 15, Connections);
    }

    [Fact]
    public async Task Trace_of_a_linked_setup_is_exported_whole()
    {
        await using var host = await TracedHost.StartAsync(Linked);
        await using var server = await TestServer.StartAsync(https: true);
        using var client = new HttpClient(TestServer.NewTrustingHandler());

        await client.GetStringAsync(server.Url("/whole"));

        var request = await host.RequestTo("/whole");
        var setup = Assert.Single(host.Connections.Spans, span => span.Id == request.Links.Single());
        Assert.Equal(3, host.Connections.Spans.Count(span => span.ParentId == setup.Id));
        Assert.Single(host.Connections.Spans, span => span.ParentId == request.Id);
    }

    [Fact]
    public async Task Failed_and_slow_setups_are_exported_without_a_link()
    {
        await using var host = await TracedHost.StartAsync(Linked, sampler: new AlwaysOffSampler());
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await client.GetStringAsync(server.Url("/fast"));
        Assert.Empty(host.Connections.Spans);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://localhost:{FreePort.Find()}/failed"));
        var failed = (await host.Connections.WaitFor(IsSetup)).Single();
        Assert.Equal(2, host.Connections.Spans.Count(span => span.ParentId == failed.Id));

        host.Settings.Change("ConnectionTracing:SlowSetup", "00:00:00");
        using var another = new HttpClient();
        await another.GetStringAsync(server.Url("/slow"));
        Assert.Equal(2, (await host.Connections.WaitFor(IsSetup, 2)).Count);
    }

    [Fact]
    public async Task Setup_that_goes_on_when_all_are_wanted_is_exported_whole()
    {
        using var wanted = new SemaphoreSlim(0);
        using var found = new SemaphoreSlim(0);
        await using var host = await TracedHost.StartAsync(Linked, sampler: new AlwaysOffSampler());
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, stop) =>
            {
                var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, AddressFamily.InterNetwork, stop);
                found.Release();
                await wanted.WaitAsync(stop);
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        var request = client.GetStringAsync(server.Url("/late"));
        await found.WaitAsync().Soon();
        host.Settings.Change("ConnectionTracing:Export", "All");
        wanted.Release();
        await request;

        var setup = (await host.Connections.WaitFor(IsSetup)).Single();
        Assert.Equal(2, host.Connections.Spans.Count(span => span.ParentId == setup.Id));
    }

    [Fact]
    public async Task What_is_held_back_is_bounded()
    {
        await using var host = await TracedHost.StartAsync(
            new Dictionary<string, string?>(Linked) { ["ConnectionTracing:MaxTrackedConnections"] = "16" },
            sampler: new AlwaysOffSampler());
        using var client = new HttpClient(MemoryTransport.NewHandler(requestsPerConnection: 1));

        for (var i = 0; i < 100; i++)
        {
            await client.GetStringAsync("http://memory/held");
        }

        Assert.InRange(host.Exporter!.HeldTraces, 1, 16);
        Assert.Empty(host.Connections.Spans);
    }

    [Fact]
    public async Task Sockets_that_nothing_can_link_to_take_no_room()
    {
        var sampler = new SwitchableSampler();
        await using var host = await TracedHost.StartAsync(
            new Dictionary<string, string?>(Linked) { ["ConnectionTracing:MaxTrackedConnections"] = "16" },
            sampler: sampler);
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await client.GetStringAsync(server.Url("/dropped"));
        for (var i = 0; i < 20; i++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, server.Port);
        }

        Assert.Empty(host.Connections.Spans);
        sampler.On = true;
        await client.GetStringAsync(server.Url("/sampled"));

        var request = await host.RequestTo("/sampled");
        Assert.Equal(request.Links.Single(), host.Connections.Spans.Single(IsSetup).Id);
    }

    private static bool IsSetup(Span span) => span.Name.StartsWith("HTTP connection_setup", StringComparison.Ordinal);

    private sealed class SwitchableSampler : Sampler
    {
        public bool On { get; set; }

        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => new(On ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }
}
