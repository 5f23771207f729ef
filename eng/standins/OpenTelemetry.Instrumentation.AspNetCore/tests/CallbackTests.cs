using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Trace;

namespace OpenTelemetry.Instrumentation.AspNetCore.Tests;

/// <summary>What the application can decide about its spans, and that its mistakes do not harm the requests.</summary>
[Collection(ProcessWideTelemetry.Name)]
public sealed class CallbackTests
{
    [Fact]
    public async Task A_request_that_the_filter_does_not_want_leaves_no_span_and_no_children()
    {
        var enriched = new ConcurrentQueue<string?>();
        using var source = new ActivitySource($"filter {Guid.NewGuid()}");
        await using var server = await TracedServer.StartAsync(
            app => app.MapGet("/{name}", (string name) =>
            {
                using var child = source.StartActivity($"child of {name}");
                return name;
            }),
            tracing => tracing
                .AddSource(source.Name)
                .AddAspNetCoreInstrumentation(options =>
                {
                    options.Filter = context => context.Request.Path != "/unwanted";
                    options.EnrichWithHttpRequest = (_, request) => enriched.Enqueue(request.Path);
                    options.EnrichWithHttpResponse = (_, response) => enriched.Enqueue(response.HttpContext.Request.Path);
                }));

        Assert.Equal("unwanted", await server.Client.GetStringAsync("/unwanted"));
        Assert.Equal("wanted", await server.Client.GetStringAsync("/wanted"));

        Assert.Equal(["child of wanted", "GET /{name}"], (await server.StopAsync()).Select(span => span.DisplayName));
        Assert.Equal(["/wanted", "/wanted"], enriched);
    }

    [Fact]
    public async Task A_filter_that_throws_drops_the_span_and_says_so()
    {
        using var log = new InstrumentationLog();
        await using var server = await TracedServer.StartAsync(
            app => app.MapGet("/", () => "fine"),
            tracing => tracing.AddAspNetCoreInstrumentation(options => options.Filter = _ => throw new FormatException("bad filter")));

        Assert.Equal("fine", await server.Client.GetStringAsync("/"));

        Assert.Empty(await server.StopAsync());
        var (callback, exception) = Assert.Single(log.Failures);
        Assert.Equal("Filter", callback);
        Assert.Contains("bad filter", exception, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enrichment_sees_the_finished_attributes_and_has_the_last_word()
    {
        var calls = new ConcurrentQueue<string>();
        await using var server = await TracedServer.StartAsync(
            app => app.MapGet("/{id}", string (int id) => throw new InvalidOperationException()),
            tracing => tracing.AddAspNetCoreInstrumentation(options =>
            {
                options.EnrichWithHttpRequest = (span, request) => calls.Enqueue($"request {span.GetTagItem("url.path")} {request.Path}");
                options.EnrichWithException = (span, exception) => calls.Enqueue($"exception {span.GetTagItem("error.type")} {exception.GetType()}");
                options.EnrichWithHttpResponse = (span, response) =>
                {
                    calls.Enqueue($"response {span.GetTagItem("http.response.status_code")} {response.StatusCode}");
                    span.DisplayName = "own name";
                    span.SetTag("http.route", null);
                };
            }));

        var span = await server.TraceAsync("/1");

        Assert.Equal(["request /1 /1", "exception System.InvalidOperationException System.InvalidOperationException", "response 500 500"], calls);
        Assert.Equal("own name", span.DisplayName);
        Assert.Null(span.GetTagItem("http.route"));
    }

    [Fact]
    public async Task Enrichment_that_throws_changes_nothing_and_says_so()
    {
        using var log = new InstrumentationLog();
        await using var server = await TracedServer.StartAsync(
            app =>
            {
                app.UseDeveloperExceptionPage();
                app.MapGet("/{id}", string (int id) => throw new InvalidOperationException());
            },
            tracing => tracing.AddAspNetCoreInstrumentation(options =>
            {
                options.EnrichWithHttpRequest = (_, _) => throw new FormatException();
                options.EnrichWithException = (_, _) => throw new FormatException();
                options.EnrichWithHttpResponse = (_, _) => throw new FormatException();
            }));

        var span = await server.TraceAsync("/1");

        Assert.Equal("GET /{id}", span.DisplayName);
        Assert.Equal(500, span.GetTagItem("http.response.status_code"));
        Assert.Equal("System.InvalidOperationException", span.GetTagItem("error.type"));
        Assert.Equal(
            ["EnrichWithHttpRequest", "EnrichWithException", "EnrichWithHttpResponse"],
            log.Failures.Select(failure => failure.Callback));
    }

    [Fact]
    public async Task Requests_that_are_not_sampled_call_nothing()
    {
        var calls = 0;
        await using var server = await TracedServer.StartAsync(
            app => app.MapGet("/", () => "dropped"),
            tracing => tracing.SetSampler<AlwaysOffSampler>().AddAspNetCoreInstrumentation(options =>
            {
                options.Filter = _ => Interlocked.Increment(ref calls) > 0;
                options.EnrichWithHttpRequest = (_, _) => Interlocked.Increment(ref calls);
                options.EnrichWithHttpResponse = (_, _) => Interlocked.Increment(ref calls);
            }));

        Assert.Equal("dropped", await server.Client.GetStringAsync("/"));

        Assert.Empty(await server.StopAsync());
        Assert.Equal(0, calls);
    }

    /// <summary>What the instrumentation reports about the callbacks.</summary>
    private sealed class InstrumentationLog : EventListener
    {
        public ConcurrentQueue<(string Callback, string Exception)> Failures { get; } = [];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == InstrumentationEventSource.EventSourceName)
            {
                EnableEvents(eventSource, EventLevel.Error);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData is { EventName: nameof(InstrumentationEventSource.CallbackFailed), Payload: [string callback, string exception, ..] })
            {
                Failures.Enqueue((callback, exception));
            }
        }
    }
}
