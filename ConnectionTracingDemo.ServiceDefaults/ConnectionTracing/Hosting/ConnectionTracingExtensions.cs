using System;
using System.Linq;
using ConnectionTracing;
using ConnectionTracing.Export;
using ConnectionTracing.Hosting;
using ConnectionTracing.Page;
using ConnectionTracing.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>Connection tracing: every HttpClient request says where its time went, in its own trace.</summary>
public static class ConnectionTracingExtensions
{
    /// <summary>
    /// Collects the spans <c>HTTP wait_for_connection</c>, <c>HTTP connection_setup</c>, <c>DNS lookup</c>, <c>socket connect</c>
    /// and <c>TLS client handshake</c>, links each request to the connection that served it, and writes onto the request span what
    /// that connection cost. The README of the package lists attributes, options and metrics.
    /// </summary>
    /// <param name="builder">The host. Its options are in configuration section <c>ConnectionTracing</c>.</param>
    /// <param name="configure">Changes the options, after the section. Default: none. Further calls add to the first.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    /// <remarks>
    /// A wrong value stops the start of the host with an exception that names the setting. In Development, the application's tracer provider also
    /// gets the activity source <c>Grpc.Net.Client</c>: without it, calls of gRPC in a worker leave no spans.
    /// </remarks>
    public static TBuilder AddConnectionTracing<TBuilder>(this TBuilder builder, Action<ConnectionTracingOptions>? configure = null)
        where TBuilder : IHostApplicationBuilder
    {
        var services = builder.Services;
        if (!services.Any(service => service.ServiceType == typeof(TracingSwitch)))
        {
            AddOptions(services);
            AddServices(services);
            AddTelemetry(services, builder.Environment);
        }

        if (configure is not null)
        {
            services.Configure(configure);
        }

        return builder;
    }

    private static void AddOptions(IServiceCollection services)
    {
        services.AddOptions<ConnectionTracingOptions>()
            .Configure<IHostEnvironment>(static (options, environment) =>
            {
                options.Enabled = options.RequestPhases = environment.IsDevelopment();
                options.Export = environment.IsDevelopment() ? ConnectionTracingExport.All : ConnectionTracingExport.Linked;
            })
            .BindConfiguration(ConnectionTracingOptions.SectionName)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<ConnectionTracingOptions>, OptionsValidator>();
        services.AddSingleton<IOptionsFactory<ConnectionTracingOptions>, LastingOptionsFactory>();
    }

    private static void AddServices(IServiceCollection services)
    {
        services.AddMetrics();

        services.AddSingleton(_ => new ExporterRegistrations(services));
        services.AddSingleton<OtlpOptionsRecorder>();
        services.AddSingleton<IPostConfigureOptions<OtlpExporterOptions>>(provider => provider.GetRequiredService<OtlpOptionsRecorder>());
        services.AddSingleton<ConnectionExporterFactory>();
        services.AddSingleton<CurrentExport>();

        services.AddSingleton<TracingSwitch>();
        services.AddSingleton<TracingHostedService>();
        services.AddHostedService(provider => provider.GetRequiredService<TracingHostedService>());
        services.TryAddSingleton<IConnectionTracingMonitor, ConnectionTracingMonitor>();
        ServiceClient.Configure(services);
    }

    private static void AddTelemetry(IServiceCollection services, IHostEnvironment environment)
    {
        // Processors run in the order of their registration. This one comes before every exporter, also one that was registered earlier:
        // an exporter must not see a request span before it is complete.
        var first = new ServiceCollection();
        first.ConfigureOpenTelemetryTracerProvider((provider, tracing) => tracing
            .AddSource(TracingSource.Name)
            .AddProcessor(new RequestSpanProcessor(provider.GetRequiredService<CurrentExport>())));
        services.Insert(0, first.Single());

        if (environment.IsDevelopment())
        {
            // Otherwise Grpc.Net.Client sends its requests below an activity that is not recorded, and they leave no span.
            services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource(MissingSpans.GrpcSource));
        }

        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter(TracingSource.Name));
    }
}
