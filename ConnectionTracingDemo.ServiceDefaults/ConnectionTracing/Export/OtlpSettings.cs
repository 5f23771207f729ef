using System;
using System.Collections.Generic;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace ConnectionTracing.Export;

/// <summary>
/// Reads the options of the OTLP exporter from the variables of the specification, https://opentelemetry.io/docs/specs/otel/protocol/exporter/.
/// What is set for traces alone wins over what is set for all signals.
/// </summary>
internal static class OtlpSettings
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    private static readonly string[] Others = ["HEADERS", "TIMEOUT", "PROTOCOL", "COMPRESSION"];

    /// <summary>The options; null: no endpoint is set.</summary>
    public static OtlpExporterOptions? Read(IConfiguration configuration, IServiceProvider application)
    {
        var tracesEndpoint = configuration[TracesEndpoint];
        if (string.IsNullOrWhiteSpace(configuration[Endpoint]) && string.IsNullOrWhiteSpace(tracesEndpoint))
        {
            return null;
        }

        // The exporter reads the general variables only, so those for traces take their place.
        var forTraces = new Dictionary<string, string?>();
        foreach (var name in Others)
        {
            if (configuration[$"OTEL_EXPORTER_OTLP_TRACES_{name}"] is { Length: > 0 } value)
            {
                forTraces[$"OTEL_EXPORTER_OTLP_{name}"] = value;
            }
        }

        // Nothing is built from these services but the options: the SDK's own reader, with the application's configuration.
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddConfiguration(configuration).AddInMemoryCollection(forTraces).Build());
        services.AddOpenTelemetry().WithTracing(tracing => tracing.AddOtlpExporter());
        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptionsFactory<OtlpExporterOptions>>().Create(Options.DefaultName);

        // Unlike the general one, this endpoint is the whole address.
        if (Uri.TryCreate(tracesEndpoint, UriKind.Absolute, out var endpoint))
        {
            options.Endpoint = endpoint;
        }

        foreach (var configure in application.GetServices<IConfigureOptions<OtlpExporterOptions>>())
        {
            configure.Configure(options);
        }

        return options;
    }
}
