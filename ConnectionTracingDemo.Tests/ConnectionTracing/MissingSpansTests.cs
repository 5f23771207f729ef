using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ConnectionTracing.Runtime;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>Requests that leave no span are told once, with what to change, unless that is what somebody decided.</summary>
[Collection(NetworkSources.Name)]
public sealed class MissingSpansTests
{
    private static readonly ActivitySource Source = new(nameof(MissingSpansTests));

    [Fact]
    public async Task Call_of_grpc_in_a_worker_leaves_spans_in_Development()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);

        await CallAsync(server, host);

        var request = await host.RequestTo("/test.Greeter/Say");
        var call = Assert.Single(await host.Requests.WaitFor(span => span.Id == request.ParentId));
        Assert.Equal("Grpc.Net.Client", call.Source);
        var wait = Assert.Single(await host.Connections.WaitFor(span => span.ParentId == request.Id));
        Assert.StartsWith("HTTP wait_for_connection", wait.Name, StringComparison.Ordinal);
        var setup = Assert.Single(await host.Connections.WaitFor(span => span.Id == request.Links.Single()));
        Assert.StartsWith("HTTP connection_setup", setup.Name, StringComparison.Ordinal);
        Assert.Empty(HintsOf(host));
    }

    [Fact]
    public async Task Calls_of_grpc_that_leave_no_span_are_told_once()
    {
        await using var host = await StartInProduction();
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);

        await CallAsync(server, host);
        await CallAsync(server, host);

        var hint = Assert.Single(HintsOf(host));
        Assert.Contains("'Grpc.Net.Client.GrpcOut'", hint, StringComparison.Ordinal);
        Assert.Contains("AddSource(\"Grpc.Net.Client\")", hint, StringComparison.Ordinal);
        Assert.Empty(host.Requests.Spans);
    }

    [Fact]
    public async Task Calls_of_grpc_leave_spans_when_the_hint_is_followed()
    {
        await using var host = await StartInProduction(services => services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource("Grpc.Net.Client")));
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);

        await CallAsync(server, host);

        await host.RequestTo("/test.Greeter/Say");
        Assert.Empty(HintsOf(host));
    }

    [Fact]
    public async Task Outermost_of_the_activities_that_nobody_records_is_named_once()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        for (var i = 0; i < 2; i++)
        {
            using var incoming = new Activity("Microsoft.AspNetCore.Hosting.HttpRequestIn").Start();
            using var library = new Activity("library").Start();
            await client.GetStringAsync(server.Url("/below"));
            Assert.Equal(library, Activity.Current);
        }

        var hint = Assert.Single(HintsOf(host));
        Assert.Contains("'Microsoft.AspNetCore.Hosting.HttpRequestIn'", hint, StringComparison.Ordinal);
        Assert.Contains("AddAspNetCoreInstrumentation()", hint, StringComparison.Ordinal);
        Assert.Empty(host.Requests.Spans);
    }

    [Fact]
    public async Task So_many_activities_are_named_at_most()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        for (var i = 0; i < MissingSpans.MaxOperations + 4; i++)
        {
            using var library = new Activity($"library {i}").Start();
            await client.GetStringAsync(server.Url("/many"));
        }

        Assert.Equal(MissingSpans.MaxOperations, HintsOf(host).Distinct().Count());
        Assert.Equal(MissingSpans.MaxOperations, HintsOf(host).Count);
    }

    [Fact]
    public async Task Request_within_an_activity_that_a_sampler_dropped_is_not_told()
    {
        await using var host = await TracedHost.StartAsync(
            sampler: new ParentBasedSampler(new DroppingSampler("dropped")),
            configure: services => services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource(Source.Name)));

        using (Source.StartActivity("dropped"))
        using (new Activity("library").Start())
        {
            await AssertNothingIsTold(host);
        }
    }

    [Fact]
    public async Task Request_within_a_trace_that_the_caller_did_not_sample_is_not_told()
    {
        await using var host = await TracedHost.StartAsync();

        using var incoming = new Activity("incoming").SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None).Start();
        await AssertNothingIsTold(host);
    }

    [Fact]
    public async Task Request_that_would_not_be_sampled_anyway_is_not_told()
    {
        await using var host = await TracedHost.StartAsync(sampler: new AlwaysOffSampler());

        using var library = new Activity("library").Start();
        await AssertNothingIsTold(host);
    }

    [Fact]
    public async Task Request_of_an_application_without_a_tracer_provider_is_not_told()
    {
        await using var host = await TracedHost.StartAsync(configure: services => services.RemoveAll<TracerProvider>());

        using var library = new Activity("library").Start();
        await AssertNothingIsTold(host);
    }

    [Fact]
    public async Task Client_without_a_propagator_is_named_once()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        await using var other = await TestServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });

        await client.GetStringAsync(server.Url("/quiet"));
        await client.GetStringAsync(other.Url("/quiet"));

        var hint = Assert.Single(HintsOf(host));
        Assert.Contains($"localhost:{server.Port} ", hint, StringComparison.Ordinal);
        Assert.Contains("ActivityHeadersPropagator", hint, StringComparison.Ordinal);
        Assert.Empty(host.Requests.Spans);
    }

    [Fact]
    public async Task Client_with_the_propagator_that_the_hint_names_leaves_spans()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator() });

        await client.GetStringAsync(server.Url("/silent"));

        await host.RequestTo("/silent");
        Assert.Empty(HintsOf(host));
    }

    [Fact]
    public async Task Process_that_propagates_nothing_is_told_so()
    {
        const string Switch = "System.Net.Http.EnableActivityPropagation";
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();

        // The runtime has read the switch by then, and makes no more of it than of the handler's setting.
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using (SuppressInstrumentationScope.Begin())
        {
            await client.GetStringAsync(server.Url("/quiet"));
        }

        AppContext.SetSwitch(Switch, false);
        try
        {
            await client.GetStringAsync(server.Url("/quiet"));
        }
        finally
        {
            AppContext.SetSwitch(Switch, true);
        }

        Assert.Contains(Switch, Assert.Single(HintsOf(host)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_of_an_exporter_is_not_told()
    {
        await using var host = await TracedHost.StartAsync();

        using var suppressed = SuppressInstrumentationScope.Begin();
        using var library = new Activity("library").Start();
        await AssertNothingIsTold(host);
    }

    [Fact]
    public async Task Request_to_a_proxy_for_a_tunnel_is_not_told_even_when_its_call_is_over()
    {
        var arrived = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await TracedHost.StartAsync();
        await using var proxy = new RawServer(async (stream, stop) => arrived.TrySetResult(await RawServer.ReadRequest(stream, stop)));
        using var held = new HeldConnects();
        using var handler = held.NewHandler();
        handler.Proxy = new WebProxy($"http://localhost:{proxy.Port}");
        using var client = new HttpClient(handler);
        using var cancelled = new CancellationTokenSource();

        var request = client.GetStringAsync("https://behind.invalid/tunnelled", cancelled.Token);
        await held.Arrival();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        held.Open();

        Assert.StartsWith("CONNECT", await arrived.Task.Soon(), StringComparison.Ordinal);
        Assert.Empty(HintsOf(host));
    }

    [Fact]
    public async Task Call_during_which_tracing_is_switched_on_again_is_not_told()
    {
        await using var host = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var handler = new Switching(host)
        {
            InnerHandler = new SocketsHttpHandler
            {
                ConnectCallback = async (context, stop) =>
                {
                    host.Switch.TurnOn(duration: null);
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(context.DnsEndPoint, stop);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            },
        };
        using var client = new HttpClient(handler);

        await client.GetStringAsync(server.Url("/switched"));

        Assert.True(host.Switch.State.Enabled);
        Assert.Empty(HintsOf(host));
    }

    /// <summary>Sends a request that leaves no span, and a redirected one, which is sent twice.</summary>
    private static async Task AssertNothingIsTold(TracedHost host)
    {
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await client.GetStringAsync(server.Url("/nothing"));
        await client.GetStringAsync(server.Url("/redirect/nothing"));

        Assert.Empty(HintsOf(host));
        Assert.Empty(host.Requests.Spans);
    }

    private static List<string> HintsOf(TracedHost host) =>
        [.. host.Log.Where(line => line.Message.Contains("leave no span", StringComparison.Ordinal)).Select(line => line.Message)];

    private static Task<TracedHost> StartInProduction(Action<IServiceCollection>? configure = null) => TracedHost.StartAsync(
        new Dictionary<string, string?> { ["ConnectionTracing:Enabled"] = "true" }, environment: "Production", configure: configure);

    /// <summary>A unary call. With a logger, as a channel has it from the services of a host, it has an activity in any case.</summary>
    private static async Task CallAsync(TestServer server, TracedHost host)
    {
        using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { LoggerFactory = host.Services.GetRequiredService<ILoggerFactory>() });
        var method = new Method<string, string>(MethodType.Unary, "test.Greeter", "Say", Marshallers.StringMarshaller, Marshallers.StringMarshaller);

        Assert.Equal("hello", await channel.CreateCallInvoker().AsyncUnaryCall(method, host: null, new CallOptions(), "hi").ResponseAsync.Soon());
    }

    private sealed class DroppingSampler(string name) : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters parameters) => new(parameters.Name != name);
    }

    private sealed class Switching(TracedHost host) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            host.Switch.TurnOff();
            return base.SendAsync(request, cancellationToken);
        }
    }
}
