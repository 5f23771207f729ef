using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;

namespace OpenTelemetry.Extensions.Hosting.Tests;

/// <summary>The exporter package, which is the real one, works with this builder.</summary>
public sealed class OtlpExportTests
{
    [Fact]
    public async Task UseOtlpExporter_exports_all_three_signals()
    {
        var name = $"otlp {Guid.NewGuid()}";
        var received = Channel.CreateUnbounded<string>();
        await using var collector = await StartCollectorAsync(received.Writer);

        using (var source = new ActivitySource(name))
        using (var meter = new Meter(name))
        using (var host = BuildApplication(collector.Urls.Single(), name))
        {
            await host.StartAsync();
            source.StartActivity("span")?.Dispose();
            meter.CreateCounter<int>("counted").Add(1);
            host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(name).LogInformation("logged");

            // The exporter takes its HTTP client for logs from the container when it first exports, too late once that is being disposed of.
            host.Services.GetRequiredService<LoggerProvider>().ForceFlush();
            await host.StopAsync();
        }

        await collector.StopAsync();
        received.Writer.Complete();
        var paths = await received.Reader.ReadAllAsync().Distinct().Order().ToListAsync();

        Assert.Equal(["/v1/logs", "/v1/metrics", "/v1/traces"], paths);
    }

    private static async Task<WebApplication> StartCollectorAsync(ChannelWriter<string> received)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");

        var collector = builder.Build();
        collector.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.ContentType = "application/x-protobuf";
            received.TryWrite(context.Request.Path);
        });
        await collector.StartAsync();

        return collector;
    }

    private static IHost BuildApplication(string collector, string name)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
            [new("OTEL_EXPORTER_OTLP_ENDPOINT", collector), new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")]);
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(name))
            .WithMetrics(metrics => metrics.AddMeter(name));
        builder.Services.AddOpenTelemetry().UseOtlpExporter();

        return builder.Build();
    }
}
