using System;
using ConnectionTracing.Export;
using ConnectionTracing.Runtime;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace ConnectionTracing.Hosting;

/// <summary>Tracing from its switching on to its switching off: a share in the process's tracker, and a tracer provider where spans are exported.</summary>
internal sealed class TracingSession : IDisposable
{
    private readonly HostObservers _observers;
    private readonly CurrentExport _export;
    private readonly ConnectionSpanProcessor? _processor;
    private readonly TracerProvider? _provider;
    private readonly bool _hasProvider;
    private readonly TracingSubscription _subscription;

    public TracingSession(IServiceProvider services, ConnectionTracingOptions options, ConnectionExporterFactory exporters, CurrentExport export, HostObservers observers, FailureLog log)
    {
        _observers = observers;
        _export = export;

        if (exporters.Create(options.Exporters) is { } exporter)
        {
            try
            {
                _processor = new ConnectionSpanProcessor(exporter, options, log);
                _provider = ConnectionTracerProvider.Build(services, _processor);
                export.Processor = _processor;
            }
            catch (Exception exception)
            {
                // Telemetry is no reason to stop a host.
                log.Report(exception);
                _processor = null;
            }
        }

        _hasProvider = services.GetService<TracerProvider>() is not null;
        observers.Reset();
        _subscription = new TracingSubscription(SettingsOf(options), observers.For(options), log);
    }

    public void Apply(ConnectionTracingOptions options)
    {
        _processor?.Apply(options);
        _subscription.Update(SettingsOf(options), _observers.For(options));
    }

    /// <summary>Switches off. What is left is sent when this is disposed.</summary>
    public void End()
    {
        _subscription.Dispose();
        _observers.Reset();
        _export.Processor = null;
    }

    /// <summary>Sends the spans that are left, which takes up to five seconds where no collector answers.</summary>
    public void Dispose() => _provider?.Dispose();

    private TracingSettings SettingsOf(ConnectionTracingOptions options) =>
        new(options.RequestPhases, WaitsExported: _processor is not null, RequestData: !_hasProvider, WatchThreadPool: options.Diagnosis.Enabled, options.MaxTrackedConnections);
}
