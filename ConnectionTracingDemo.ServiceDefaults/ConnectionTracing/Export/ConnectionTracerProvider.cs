using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Export;

/// <summary>
/// Builds the tracer provider of the experimental sources. They have one of their own because a sampler cannot turn them
/// off: a dropped root is still created and still linked to. Only not being subscribed is off.
/// </summary>
internal static class ConnectionTracerProvider
{
    public static TracerProvider Build(IServiceProvider services, SetupExportProcessor exporter)
    {
        var builder = Sdk.CreateTracerProviderBuilder()
            // The settings of the SDK, OTEL_*, come from the application's configuration as they do for its own provider.
            .ConfigureServices(own => own.AddSingleton(services.GetRequiredService<IConfiguration>()))
            .AddSource(NetworkActivitySources.Connections)
            // Setups are roots; waits follow their request.
            .SetSampler(new ParentBasedSampler(new AlwaysOnSampler()))
            .AddProcessor(exporter);

        if (services.GetService<TracerProvider>()?.GetResource() is { } resource)
        {
            builder.SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes(resource.Attributes));
        }

        return builder.Build();
    }

    /// <summary>OTLP with the application's settings; null where the application exports nowhere.</summary>
    public static BaseProcessor<Activity>? CreateOtlpExporter(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();

        if (string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return null;
        }

        // A new instance: the application's own is not to be changed below.
        var options = services.GetRequiredService<IOptionsFactory<OtlpExporterOptions>>().Create(Options.DefaultName);

        ApplyTracesSettings(options, configuration);

        var batch = options.BatchExportProcessorOptions;
        var exporter = new OtlpTraceExporter(options);

        return options.ExportProcessorType == ExportProcessorType.Simple
            ? new SimpleActivityExportProcessor(exporter)
            : new BatchActivityExportProcessor(exporter, batch.MaxQueueSize, batch.ScheduledDelayMilliseconds, batch.ExporterTimeoutMilliseconds, batch.MaxExportBatchSize);
    }

    /// <summary>What is set for traces alone wins over what is set for all signals, https://opentelemetry.io/docs/specs/otel/protocol/exporter/.</summary>
    private static void ApplyTracesSettings(OtlpExporterOptions options, IConfiguration configuration)
    {
        if (Uri.TryCreate(configuration["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"], UriKind.Absolute, out var endpoint))
        {
            options.Endpoint = endpoint;
        }

        // An empty value counts as none.
        if (configuration["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] is { Length: > 0 } headers)
        {
            options.Headers = headers;
        }

        if (int.TryParse(configuration["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            options.TimeoutMilliseconds = milliseconds;
        }

        options.Protocol = configuration["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] switch
        {
            "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
            "grpc" => OtlpExportProtocol.Grpc,
            _ => options.Protocol,
        };

        options.Compression = configuration["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"] switch
        {
            "gzip" => OtlpExportCompression.GZip,
            "none" => OtlpExportCompression.None,
            _ => options.Compression,
        };
    }
}
