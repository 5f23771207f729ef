using System.Diagnostics;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Export;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>Connection tracing: every HttpClient request says where its time went, in its own trace.</summary>
public static class ConnectionTracingExtensions
{
    /// <summary>
    /// Collects the spans <c>HTTP wait_for_connection</c>, <c>HTTP connection_setup</c>, <c>DNS lookup</c>, <c>socket connect</c>
    /// and <c>TLS client handshake</c>, links each request to the connection that served it, and writes onto the request span what
    /// that connection cost. README.md beside this file lists attributes, options and metrics.
    /// </summary>
    /// <param name="builder">The host. Its options are in section <c>ConnectionTracing</c>; a second call changes nothing.</param>
    /// <param name="exporter">
    /// Creates the export processor for the connection spans, each time tracing is switched on. Default: OTLP with the settings
    /// of the application, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
    /// </param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    /// <remarks>A wrong value in the section stops the start with an <see cref="OptionsValidationException"/>.</remarks>
    public static TBuilder AddConnectionTracing<TBuilder>(this TBuilder builder, Func<IServiceProvider, BaseProcessor<Activity>?>? exporter = null)
        where TBuilder : IHostApplicationBuilder
    {
        var services = builder.Services;
        if (services.Any(service => service.ServiceType == typeof(ConnectionTracingSwitch)))
        {
            return builder;
        }

        // First of all: what code sets, before this call or after it, is not to be overwritten by a default.
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<ConnectionTracingOptions>, ConnectionTracingSection>());
        services.AddSingleton<IValidateOptions<ConnectionTracingOptions>, ConnectionTracingSection>();
        services.AddOptions<ConnectionTracingOptions>().ValidateOnStart();

        services.AddSingleton(new ConnectionTracingExporter(exporter ?? ConnectionTracerProvider.CreateOtlpExporter));
        services.AddSingleton<ConnectionTracingSwitch>();
        services.AddHostedService(provider => provider.GetRequiredService<ConnectionTracingSwitch>());
        services.AddSingleton<IConnectionTracingMonitor, ConnectionTracingMonitor>();

        services.ConfigureOpenTelemetryTracerProvider(tracing => tracing
            .AddSource(ConnectionTracingSource.Name)
            .AddProcessor(provider => new RequestSpanProcessor(provider.GetRequiredService<ConnectionTracingSwitch>())));
        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter(ConnectionTracingSource.Name));

        return builder;
    }
}
