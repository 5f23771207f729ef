using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Reflection;
using System.Threading;
using ConnectionTracing.Runtime;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace ConnectionTracing.Export;

/// <summary>
/// Creates what exports the connection spans, each time tracing is switched on: the exporters that the options name, else OTLP with the
/// settings of the application.
/// </summary>
internal sealed partial class ConnectionExporterFactory(
    IServiceProvider services, IConfiguration configuration, OtlpOptionsRecorder recorder, ExporterRegistrations registrations, ILogger<ConnectionExporterFactory> logger)
{
    private readonly SafeLogger _logger = new(logger);
    private int _told;

    /// <summary>The processor that exports; null: the spans are not exported, and the log says why.</summary>
    public BaseProcessor<Activity>? Create(IReadOnlyList<Func<IServiceProvider, BaseProcessor<Activity>>> exporters)
    {
        // With the SDK's own switch there is no real provider, and nothing would shut down the exporter.
        if (bool.TryParse(configuration["OTEL_SDK_DISABLED"], out var disabled) && disabled)
        {
            return null;
        }

        var created = new List<BaseProcessor<Activity>>(exporters.Count);
        try
        {
            foreach (var create in exporters)
            {
                created.Add(create(services) ?? throw new InvalidOperationException("A delegate given to AddExporter or AddExportProcessor returned null."));
            }

            return created switch
            {
                [] => CreateOtlp(),
                [var only] => only,
                _ => new CompositeProcessor<Activity>(created),
            };
        }
        catch (Exception exception)
        {
            // Telemetry is no reason to stop a host.
            created.ForEach(Dispose);
            if (exporters.Count == 0 && exception is (TypeLoadException or MissingMemberException))
            {
                LogDoesNotFit(_logger, VersionOf(typeof(OtlpTraceExporter)), VersionOf(typeof(CompositeProcessor<>)));
            }
            else
            {
                LogNotCreated(_logger, exception);
            }

            return null;
        }
    }

    private BaseProcessor<Activity>? CreateOtlp()
    {
        // Builds the application's provider, if it has not been built: then its exporters have their options.
        services.GetService<TracerProvider>();

        var options = registrations.UseOtlpExporterInCode ? null
            : (registrations.UseOtlpExporter ? null : recorder.ForTraces()) ?? OtlpSettings.Read(configuration, services);
        if (options is null)
        {
            TellOnce();
            return null;
        }

        var exporter = new OtlpTraceExporter(options);
        var batch = options.BatchExportProcessorOptions;
        return options.ExportProcessorType == ExportProcessorType.Simple
            ? new SimpleActivityExportProcessor(exporter)
            : new BatchActivityExportProcessor(exporter, batch.MaxQueueSize, batch.ScheduledDelayMilliseconds, batch.ExporterTimeoutMilliseconds, batch.MaxExportBatchSize);
    }

    private void Dispose(BaseProcessor<Activity> processor)
    {
        try
        {
            processor.Dispose();
        }
        catch (Exception exception)
        {
            LogNotCreated(_logger, exception);
        }
    }

    private void TellOnce()
    {
        if (Interlocked.Exchange(ref _told, 1) != 0)
        {
            return;
        }

        if (recorder.HasAny || registrations.Exist)
        {
            LogUnknownExporter(_logger);
        }
        else
        {
            LogNoExporter(_logger);
        }
    }

    // 1.20.1+b8ba2b1...: the version of the package comes first.
    private static string VersionOf(Type type) => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    [LoggerMessage(1, LogLevel.Error, "Connection spans are not exported, because their exporter cannot be created. Request spans keep their attributes.")]
    private static partial void LogNotCreated(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Connection spans are not exported: connection tracing cannot find out which exporter the application uses for traces. Pass it: builder.AddConnectionTracing(options => options.AddExporter(services => ...)). With OTLP, setting OTEL_EXPORTER_OTLP_ENDPOINT is enough.")]
    private static partial void LogUnknownExporter(ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "Connection spans are not exported: OTEL_EXPORTER_OTLP_ENDPOINT is not set, and AddConnectionTracing was given no exporter.")]
    private static partial void LogNoExporter(ILogger logger);

    // The exporter uses internals of the SDK. NuGet takes 1.15.3 of it, which the library asks for, beside any newer SDK.
    [LoggerMessage(4, LogLevel.Error, "Connection spans are not exported: OpenTelemetry.Exporter.OpenTelemetryProtocol {ExporterVersion} does not fit OpenTelemetry {SdkVersion}. Reference the package OpenTelemetry.Exporter.OpenTelemetryProtocol in version {SdkVersion} from your project.")]
    private static partial void LogDoesNotFit(ILogger logger, string exporterVersion, string sdkVersion);
}
