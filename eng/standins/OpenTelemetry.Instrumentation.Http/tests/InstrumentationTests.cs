using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OpenTelemetry.Instrumentation.Http.Tests;

/// <summary>What the application can decide about the spans of its requests, and that its mistakes do not harm them.</summary>
[Collection(ProcessWideRequests.Name)]
public sealed class InstrumentationTests
{
    // Nothing listens there, and a connection is refused at once.
    private const string Nowhere = "http://127.0.0.1:1/nowhere";

    [Fact]
    public async Task Without_options_the_span_is_the_runtimes_own()
    {
        await using var client = await TracedClient.StartAsync(tracing => tracing.AddHttpClientInstrumentation());

        var span = await client.GetAsync("/plain?secret=1");

        Assert.NotNull(span);
        Assert.Equal("GET", span.DisplayName);
        Assert.Equal(ActivityKind.Client, span.Kind);
        Assert.Equal(200, span.GetTagItem("http.response.status_code"));
        Assert.EndsWith("/plain?*", (string?)span.GetTagItem("url.full"), StringComparison.Ordinal);
        Assert.Equal(span.Id, client.TraceParents["/plain"]);
    }

    [Fact]
    public async Task Enrichment_sees_request_and_response_and_has_the_last_word()
    {
        await using var client = await TracedClient.StartAsync(tracing => tracing.AddHttpClientInstrumentation(options =>
        {
            options.EnrichWithHttpRequestMessage = (span, request) => span.SetTag("request.path", request.RequestUri!.AbsolutePath);
            options.EnrichWithHttpResponseMessage = (span, response) =>
            {
                span.SetTag("response.version", response.Version.ToString());
                span.DisplayName = $"{response.RequestMessage!.Method} {span.GetTagItem("http.response.status_code")}";
            };
        }));

        var span = await client.GetAsync("/enriched?status=404");

        Assert.NotNull(span);
        Assert.Equal("/enriched", span.GetTagItem("request.path"));
        Assert.Equal("1.1", span.GetTagItem("response.version"));
        Assert.Equal("GET 404", span.DisplayName);
        Assert.Equal("404", span.GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
    }

    [Fact]
    public async Task A_failure_enriches_and_is_recorded_a_second_time_where_that_is_asked_for()
    {
        await using var client = await TracedClient.StartAsync(tracing => tracing.AddHttpClientInstrumentation(options =>
        {
            options.RecordException = true;
            options.EnrichWithException = (span, exception) => span.SetTag("seen", exception.GetType().Name);
        }));

        await Assert.ThrowsAsync<HttpRequestException>(() => client.Http.GetStringAsync(Nowhere));

        var span = client.Span("/nowhere");
        Assert.NotNull(span);
        Assert.Equal(nameof(HttpRequestException), span.GetTagItem("seen"));
        Assert.Equal("connection_error", span.GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(["exception", "exception"], span.Events.Select(recorded => recorded.Name));
    }

    [Fact]
    public async Task A_failure_leaves_only_the_runtimes_own_event_by_default()
    {
        await using var client = await TracedClient.StartAsync(tracing => tracing.AddHttpClientInstrumentation());

        await Assert.ThrowsAsync<HttpRequestException>(() => client.Http.GetStringAsync(Nowhere));

        Assert.Equal(["exception"], client.Span("/nowhere")!.Events.Select(recorded => recorded.Name));
    }

    [Fact]
    public async Task A_request_that_the_filter_does_not_want_leaves_no_span_but_carries_the_trace_on()
    {
        var enriched = new ConcurrentQueue<string>();
        await using var client = await TracedClient.StartAsync(tracing => tracing.AddHttpClientInstrumentation(options =>
        {
            options.FilterHttpRequestMessage = request => request.RequestUri!.AbsolutePath != "/unwanted";
            options.EnrichWithHttpRequestMessage = (_, request) => enriched.Enqueue(request.RequestUri!.AbsolutePath);
            options.EnrichWithHttpResponseMessage = (_, response) => enriched.Enqueue(response.RequestMessage!.RequestUri!.AbsolutePath);
        }));

        Assert.Null(await client.GetAsync("/unwanted"));
        Assert.NotNull(await client.GetAsync("/wanted"));

        Assert.Equal(["/wanted", "/wanted"], enriched);
        Assert.EndsWith("-00", client.TraceParents["/unwanted"], StringComparison.Ordinal);
        Assert.EndsWith("-01", client.TraceParents["/wanted"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_that_are_not_sampled_call_nothing()
    {
        var calls = 0;
        await using var client = await TracedClient.StartAsync(tracing => tracing.SetSampler<AlwaysOffSampler>().AddHttpClientInstrumentation(options =>
        {
            options.FilterHttpRequestMessage = _ => Interlocked.Increment(ref calls) > 0;
            options.EnrichWithHttpRequestMessage = (_, _) => Interlocked.Increment(ref calls);
            options.EnrichWithHttpResponseMessage = (_, _) => Interlocked.Increment(ref calls);
        }));

        Assert.Null(await client.GetAsync("/unsampled"));

        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task Callbacks_that_throw_change_nothing_and_say_so()
    {
        using var log = new InstrumentationLog();
        await using var client = await TracedClient.StartAsync(tracing => tracing.AddHttpClientInstrumentation(options =>
        {
            options.FilterHttpRequestMessage = request => request.RequestUri!.AbsolutePath == "/filter" ? throw new FormatException() : true;
            options.EnrichWithHttpRequestMessage = (_, _) => throw new FormatException();
            options.EnrichWithHttpResponseMessage = (_, _) => throw new FormatException();
            options.EnrichWithException = (_, _) => throw new FormatException();
        }));

        Assert.NotNull(await client.GetAsync("/throwing"));
        Assert.Null(await client.GetAsync("/filter"));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.Http.GetStringAsync(Nowhere));

        Assert.Equal(
            ["EnrichWithHttpRequestMessage", "EnrichWithHttpResponseMessage", "FilterHttpRequestMessage", "EnrichWithHttpRequestMessage", "EnrichWithException"],
            log.Callbacks);
    }

    [Fact]
    public async Task Calling_it_again_only_adds_options()
    {
        var calls = 0;
        await using var client = await TracedClient.StartAsync(tracing => tracing
            .AddHttpClientInstrumentation(options => options.EnrichWithHttpRequestMessage = (_, _) => calls++)
            .AddHttpClientInstrumentation(options => options.EnrichWithHttpResponseMessage = (_, _) => calls++)
            .AddHttpClientInstrumentation());

        Assert.NotNull(await client.GetAsync("/again"));

        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Options_of_another_name_are_a_subscription_of_their_own()
    {
        var calls = new ConcurrentQueue<string>();
        await using var client = await TracedClient.StartAsync(tracing => tracing
            .AddHttpClientInstrumentation(options => options.EnrichWithHttpRequestMessage = (_, _) => calls.Enqueue("default"))
            .AddHttpClientInstrumentation("mine", options => options.EnrichWithHttpRequestMessage = (_, _) => calls.Enqueue("mine")));

        Assert.NotNull(await client.GetAsync("/named"));

        Assert.Equal(["default", "mine"], calls.Order());
    }

    [Fact]
    public async Task Nothing_is_heard_after_the_provider_is_gone()
    {
        var calls = 0;
        await using (var client = await TracedClient.StartAsync(tracing => tracing.AddHttpClientInstrumentation(options => options.EnrichWithHttpRequestMessage = (_, _) => calls++)))
        {
            await client.GetAsync("/before");
        }

        await using (var client = await TracedClient.StartAsync(tracing => tracing.AddHttpClientInstrumentation()))
        {
            await client.GetAsync("/after");
        }

        Assert.Equal(1, calls);
    }

    [Fact]
    public void Events_with_an_unknown_payload_are_left_alone()
    {
        using var provider = Sdk.CreateTracerProviderBuilder()
            .AddHttpClientInstrumentation(options => options.EnrichWithException = (span, _) => span.SetTag("touched", true)).Build();
        using var handler = new DiagnosticListener("HttpHandlerDiagnosticListener");
        using var activity = new Activity("request").Start();

        foreach (var payload in new object?[] { null, "text", new { Request = "text", Response = "text", Exception = "text" } })
        {
            handler.Write("System.Net.Http.HttpRequestOut.Start", payload);
            handler.Write("System.Net.Http.HttpRequestOut.Stop", payload);
            handler.Write("System.Net.Http.Exception", payload);
        }

        Assert.Empty(activity.TagObjects);
    }

    [Fact]
    public async Task Metrics_are_those_that_the_runtime_reports()
    {
        var names = new ConcurrentQueue<string>();
        await using (var client = await TracedClient.StartAsync(_ => { }))
        {
            using var metrics = Sdk.CreateMeterProviderBuilder()
                .AddHttpClientInstrumentation()
                .AddReader(new BaseExportingMetricReader(new NameExporter(names)))
                .Build();
            using (await client.Http.GetAsync("/measured"))
            using (await client.Http.GetAsync(new UriBuilder(client.Http.BaseAddress!) { Host = "localhost", Path = "/measured" }.Uri))
            {
            }
        }

        Assert.Contains("System.Net.Http http.client.request.duration", names);
        Assert.Contains("System.Net.Http http.client.open_connections", names);
        Assert.Contains("System.Net.NameResolution dns.lookup.duration", names);
    }

    [Fact]
    public void A_builder_is_needed()
    {
        Assert.Throws<ArgumentNullException>("builder", () => default(TracerProviderBuilder)!.AddHttpClientInstrumentation());
        Assert.Throws<ArgumentNullException>("builder", () => default(MeterProviderBuilder)!.AddHttpClientInstrumentation());
    }

    private sealed class NameExporter(ConcurrentQueue<string> names) : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                names.Enqueue($"{metric.MeterName} {metric.Name}");
            }

            return ExportResult.Success;
        }
    }

    /// <summary>What the instrumentation reports about the callbacks.</summary>
    private sealed class InstrumentationLog : EventListener
    {
        public ConcurrentQueue<string> Callbacks { get; } = [];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == InstrumentationEventSource.EventSourceName)
            {
                EnableEvents(eventSource, EventLevel.Error);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData is { EventName: nameof(InstrumentationEventSource.CallbackFailed), Payload: [string callback, ..] })
            {
                Callbacks.Enqueue(callback);
            }
        }
    }
}
