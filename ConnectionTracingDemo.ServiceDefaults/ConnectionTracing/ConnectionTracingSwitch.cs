using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Diagnosis;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Export;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing;

/// <summary>
/// Turns connection tracing on and off for this host: by its options when it starts, when configuration changes, and by
/// command. On is a subscription to the process's tracker and a tracer provider; off is neither.
/// </summary>
internal sealed class ConnectionTracingSwitch(
    IServiceProvider services,
    IConfiguration configuration,
    IOptionsFactory<ConnectionTracingOptions> optionsFactory,
    ConnectionTracingExporter exporterFactory,
    ILogger<ConnectionTracingDiagnosis> diagnosisLogger,
    ILogger<ConnectionTracingSwitch> logger) : IHostedService, IDisposable
{
    /// <summary>How long a stop of the host waits for the last spans to be sent.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
    private readonly TrackerObserver _observer = new();
    private readonly ConnectionTracingDiagnosis _diagnosis = new(diagnosisLogger, services.GetService<TimeProvider>() ?? TimeProvider.System);
    private ConnectionTracingOptions _options = new();
    private IDisposable? _reloads;
    private TrackerSubscription? _subscription;
    private TracerProvider? _provider;
    private ITimer? _timer;
    private DateTimeOffset? _until;
    private bool _stopped;
    private volatile SetupExportProcessor? _exporter;

    /// <summary>What exports the connection spans; null while tracing is off or nothing is exported.</summary>
    public SetupExportProcessor? Exporter => _exporter;

    /// <summary>After a stop: ends when nothing is left to be sent.</summary>
    public Task Sending { get; private set; } = Task.CompletedTask;

    public ConnectionTracingState State
    {
        get
        {
            lock (_gate)
            {
                return new ConnectionTracingState(_subscription is not null, _until, _options);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _options = optionsFactory.Create(Options.DefaultName);
            ApplyToObserver(_options);
            _reloads = ChangeToken.OnChange(configuration.GetReloadToken, Reload);

            if (_options.Enabled)
            {
                SwitchOn(duration: null);
            }
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Stop() is { } provider)
        {
            // Disposing sends what is left, and waits up to five seconds where nobody answers. That may go on behind the
            // host's back, while the application's own providers do the same, but is no reason to hold up its stop.
            Sending = Task.Run(provider.Dispose, CancellationToken.None);
            await Sending.WaitAsync(StopGrace, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => Stop()?.Dispose();

    /// <summary>From now on, somebody may ask what requests there were, and which of them a connection served.</summary>
    public Journal KeepJournal()
    {
        lock (_gate)
        {
            var journal = _observer.Journal ??= new Journal(_options.MaxRememberedRequests, _time.GetUtcNow());
            _subscription?.Update(SettingsOf(_options));
            return journal;
        }
    }

    /// <summary>Switches on, or if it is on already, changes for how long.</summary>
    /// <param name="duration">Null: for CaptureFor, which may be for good.</param>
    public void TurnOn(TimeSpan? duration)
    {
        lock (_gate)
        {
            if (!_stopped)
            {
                SwitchOn(duration ?? _options.CaptureFor);
                var until = _until is { } time ? $" until {time:O}" : "";
                CarefulLog.Say(() => logger.LogInformation("Connection tracing is on{Until}.", until));
            }
        }

        _observer.Journal?.StateChanged();
    }

    public void TurnOff() => TurnOff(static () => true);

    private void TurnOff(Func<bool> stillWanted)
    {
        TracerProvider? provider;
        lock (_gate)
        {
            if (_subscription is null || !stillWanted())
            {
                return;
            }

            provider = SwitchOff();
            CarefulLog.Say(() => logger.LogInformation("Connection tracing is off."));
        }

        _observer.Journal?.StateChanged();

        // Outside the lock: it sends what is left, which takes up to five seconds where nobody listens.
        provider?.Dispose();
    }

    private void SwitchOn(TimeSpan? duration)
    {
        // The timer and the exporter's thread outlive the request that switches on: they are not to keep its context.
        using AsyncFlowControl? noFlow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();

        StopTimer();

        if (_subscription is null)
        {
            // The SDK's own switch: it builds no real provider then, and nobody would shut down the exporter.
            var exports = !(bool.TryParse(configuration["OTEL_SDK_DISABLED"], out var disabled) && disabled);

            if (exports && exporterFactory.Create(services) is { } export)
            {
                var exporter = new SetupExportProcessor(export);
                exporter.Apply(_options);
                _provider = ConnectionTracerProvider.Build(services, exporter);
                _exporter = exporter;
            }

            _subscription = new TrackerSubscription(SettingsOf(_options), _observer, logger);
        }

        if (duration is { } time)
        {
            var until = _time.GetUtcNow() + time;
            _until = until;

            // A command may come first and change the time.
            _timer = _time.CreateTimer(_ => TimeIsUp(until), null, time, Timeout.InfiniteTimeSpan);
        }
    }

    private void TimeIsUp(DateTimeOffset until)
    {
        try
        {
            TurnOff(() => _until == until);
        }
        catch (Exception exception)
        {
            // From an exporter that is shut down. Nobody catches what a timer throws: it would end the process.
            CarefulLog.Say(() => logger.LogError(exception, "Connection tracing is off, but its exporter failed."));
        }
    }

    /// <inheritdoc cref="SwitchOff"/>
    private TracerProvider? Stop()
    {
        lock (_gate)
        {
            _stopped = true;
        }

        // Outside the lock: it waits for a reload that is under way, and that waits for the lock.
        _reloads?.Dispose();

        lock (_gate)
        {
            return SwitchOff();
        }
    }

    /// <returns>The provider, for the caller to dispose.</returns>
    private TracerProvider? SwitchOff()
    {
        StopTimer();

        _subscription?.Dispose();
        _subscription = null;
        _exporter = null;

        var provider = _provider;
        _provider = null;
        return provider;
    }

    private void StopTimer()
    {
        _timer?.Dispose();
        _timer = null;
        _until = null;
    }

    private void Reload()
    {
        ConnectionTracingOptions options;
        try
        {
            options = optionsFactory.Create(Options.DefaultName);
        }
        catch (Exception exception)
        {
            CarefulLog.Say(() => logger.LogWarning("The new settings of connection tracing are refused, the previous ones stay: {Reason}", exception.Message));
            return;
        }

        try
        {
            Apply(options);
        }
        catch (Exception exception)
        {
            // From an exporter that cannot be created, or that is shut down.
            CarefulLog.Say(() => logger.LogError(exception, "The new settings of connection tracing hold, but its exporter failed."));
        }
    }

    private void Apply(ConnectionTracingOptions options)
    {
        bool wasEnabled;
        lock (_gate)
        {
            wasEnabled = _options.Enabled;
            _options = options;
            _exporter?.Apply(options);
            _subscription?.Update(SettingsOf(options));
            ApplyToObserver(options);
        }

        // A reload that says nothing new about it leaves a command in force.
        if (options.Enabled && !wasEnabled)
        {
            TurnOn(duration: null);
        }
        else if (!options.Enabled && wasEnabled)
        {
            TurnOff();
        }
    }

    private void ApplyToObserver(ConnectionTracingOptions options)
    {
        _diagnosis.Apply(options.Diagnosis);
        _observer.Diagnosis = options.Diagnosis.Enabled ? _diagnosis : null;
        _observer.Journal?.Resize(options.MaxRememberedRequests);
    }

    private TrackerSettings SettingsOf(ConnectionTracingOptions options) =>
        new(options.RequestPhases, options.InlineSetup, WaitsExported: _exporter is not null, ServedRequests: _observer.Journal is not null, options.MaxTrackedConnections);
}
