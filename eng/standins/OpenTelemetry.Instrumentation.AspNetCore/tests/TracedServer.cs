using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace OpenTelemetry.Instrumentation.AspNetCore.Tests;

/// <summary>A web server on a free port whose spans are there to look at once it has stopped.</summary>
internal sealed class TracedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RecordingExporter _exporter;

    private TracedServer(WebApplication app, RecordingExporter exporter)
    {
        _app = app;
        _exporter = exporter;
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <param name="map">The middleware and endpoints.</param>
    /// <param name="trace">Configures tracing; by default the instrumentation without options.</param>
    /// <param name="configure">Changes the builder of the application.</param>
    public static async Task<TracedServer> StartAsync(
        Action<WebApplication> map, Action<TracerProviderBuilder>? trace = null, Action<WebApplicationBuilder>? configure = null)
    {
        var exporter = new RecordingExporter();

        var builder = WebApplication.CreateSlimBuilder();
        builder.Environment.EnvironmentName = "Test";
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        configure?.Invoke(builder);

        builder.Services.AddSingleton(_ => BuildProvider(trace ?? (tracing => tracing.AddAspNetCoreInstrumentation()), exporter, builder));

        var app = builder.Build();
        app.Services.GetRequiredService<TracerProvider>();
        map(app);
        await app.StartAsync();

        return new TracedServer(app, exporter);
    }

    /// <summary>Lets the requests end, a moment after their responses were read, and returns what was exported.</summary>
    public async Task<IReadOnlyList<Activity>> StopAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();

        return [.. _exporter.Spans];
    }

    /// <summary>Sends one request, stops, and returns its span, which has to be the only one.</summary>
    public async Task<Activity> TraceAsync(string path, HttpMethod? method = null)
    {
        using (var request = new HttpRequestMessage(method ?? HttpMethod.Get, path))
        using (await Client.SendAsync(request))
        {
        }

        return Assert.Single(await StopAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private static TracerProvider BuildProvider(Action<TracerProviderBuilder> trace, RecordingExporter exporter, WebApplicationBuilder application)
    {
        var builder = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton<IConfiguration>(application.Configuration));
        trace(builder);

        return builder.AddProcessor(new SimpleActivityExportProcessor(exporter)).Build();
    }

    private sealed class RecordingExporter : BaseExporter<Activity>
    {
        public ConcurrentQueue<Activity> Spans { get; } = [];

        public override ExportResult Export(in Batch<Activity> batch)
        {
            foreach (var span in batch)
            {
                Spans.Enqueue(span);
            }

            return ExportResult.Success;
        }
    }
}
