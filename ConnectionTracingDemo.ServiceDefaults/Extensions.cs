using ConnectionTracingDemo.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// What every service of the solution shares: OpenTelemetry with connection tracing, health checks, service discovery and resilience.
/// See https://aka.ms/aspire/service-defaults for the idea and README.md beside this file for copying it into another solution.
/// </summary>
public static class Extensions
{
    private const string HealthEndpointPath = "/health";
    private const string AlivenessEndpointPath = "/alive";

    // The HttpClients of OTLP over http, as the README of OpenTelemetry.Exporter.OpenTelemetryProtocol names them.
    private static readonly string[] ExporterClients = ["OtlpTraceExporter", "OtlpMetricExporter", "OtlpLogExporter"];

    /// <summary>Adds all of the below; the one call that a service needs.</summary>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.ConfigureOpenTelemetry();

        builder.AddDefaultHealthChecks();

        builder.Services.AddServiceDiscovery();

        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            // One circuit breaker per scheme, host and port, so that a failing server does not block requests to others.
            http.AddStandardResilienceHandler().SelectPipelineByAuthority();
            http.AddServiceDiscovery();
        });

        return builder;
    }

    /// <summary>
    /// Adds logs, metrics and traces, and their OTLP export where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
    /// </summary>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    /// <exception cref="InvalidOperationException">The application has an OTLP exporter already.</exception>
    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                // Since .NET 8 (9 for System.Runtime) the libraries report these themselves; no instrumentation package is needed.
                .AddMeter("System.Net.Http", "System.Net.NameResolution", "System.Runtime"))
            .WithTracing(tracing => tracing
                .AddSource(builder.Environment.ApplicationName)
                .AddAspNetCoreInstrumentation()
                .AddSource("System.Net.Http"));

        builder.LeaveOutNoise(IsHealthCheck);

        // Before the exporters, which see the request spans as this leaves them.
        builder.AddConnectionTracing();

        builder.AddOpenTelemetryExporters();

        return builder;
    }

    /// <summary>Adds a check that is healthy as soon as the service answers at all; tagged <c>live</c>.</summary>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static TBuilder AddDefaultHealthChecks<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddHealthChecks()
            .AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]);

        return builder;
    }

    /// <summary>
    /// Maps <c>/health</c> (all checks: ready for traffic), <c>/alive</c> (those tagged <c>live</c>: no restart needed) and
    /// <c>/connection-tracing</c> (see and switch it), in Development only: elsewhere decide first who may see them,
    /// https://aka.ms/aspire/healthchecks.
    /// </summary>
    /// <returns><paramref name="app"/>, to chain calls.</returns>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        if (app.Environment.IsDevelopment())
        {
            app.MapHealthChecks(HealthEndpointPath);
            app.MapHealthChecks(AlivenessEndpointPath, new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") });
            app.MapConnectionTracing();
        }

        return app;
    }

    private static void AddOpenTelemetryExporters<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        // OpenTelemetry refuses to start with UseOtlpExporter beside another OTLP exporter, and does not say where they come from.
        if (builder.Services.Any(service => service.ServiceType == typeof(IOptionsFactory<OtlpExporterOptions>)))
        {
            throw new InvalidOperationException(
                "This application has an OTLP exporter already. Keep your OpenTelemetry setup, add AddSource(\"System.Net.Http\") to its tracing, and call builder.AddConnectionTracing() instead of "
                + "builder.AddServiceDefaults(); or remove your UseOtlpExporter() and AddOtlpExporter(), because AddServiceDefaults() exports to OTEL_EXPORTER_OTLP_ENDPOINT.");
        }

        builder.Services.AddOpenTelemetry().UseOtlpExporter();

        // The standard resilience handler would retry, and hold up the end of the process where no collector answers. The exporters retry
        // by themselves where they are told to.
        foreach (var client in ExporterClients)
        {
            builder.Services.AddHttpClient(client).ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear());
        }
    }

    private static bool IsHealthCheck(PathString path) => path.StartsWithSegments(HealthEndpointPath) || path.StartsWithSegments(AlivenessEndpointPath);
}
