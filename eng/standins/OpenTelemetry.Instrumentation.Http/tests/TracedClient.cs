using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace OpenTelemetry.Instrumentation.Http.Tests;

/// <summary>A client with a server of its own, and the client spans it left.</summary>
internal sealed class TracedClient : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TracerProvider _provider;
    private readonly Recorder _recorder;

    private TracedClient(WebApplication app, TracerProvider provider, Recorder recorder)
    {
        _app = app;
        _provider = provider;
        _recorder = recorder;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Http { get; }

    /// <summary>The traceparent header of each request, by path.</summary>
    public ConcurrentDictionary<string, string?> TraceParents { get; } = [];

    public static async Task<TracedClient> StartAsync(Action<TracerProviderBuilder> trace)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add($"http://{IPAddress.Loopback}:0");

        TracedClient? client = null;
        app.Map("/{**path}", (HttpContext context, int? status) =>
        {
            client!.TraceParents[context.Request.Path] = context.Request.Headers.TraceParent;
            return Results.StatusCode(status ?? 200);
        });
        await app.StartAsync();

        var recorder = new Recorder();
        var tracing = Sdk.CreateTracerProviderBuilder();
        trace(tracing);
        client = new TracedClient(app, tracing.AddProcessor(recorder).Build(), recorder);

        return client;
    }

    /// <summary>Sends one request and returns the span it left, if any.</summary>
    public async Task<Activity?> GetAsync(string pathAndQuery)
    {
        using (await Http.GetAsync(pathAndQuery))
        {
        }

        return Span(pathAndQuery.Split('?')[0]);
    }

    /// <summary>A span ends before its response is handed over: there is nothing to wait for.</summary>
    public Activity? Span(string path) =>
        _recorder.Spans.SingleOrDefault(span => span.GetTagItem("url.full") is string url && new Uri(url).AbsolutePath == path);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _provider.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class Recorder : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Spans { get; } = [];

        public override void OnEnd(Activity data) => Spans.Enqueue(data);
    }
}
