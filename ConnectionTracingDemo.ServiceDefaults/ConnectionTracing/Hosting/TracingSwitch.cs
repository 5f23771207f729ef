using System;
using System.Diagnostics.Metrics;
using System.Threading;
using ConnectionTracing.Diagnosis;
using ConnectionTracing.Export;
using ConnectionTracing.Journal;
using ConnectionTracing.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ConnectionTracing.Hosting;

/// <summary>Turns connection tracing of a host on and off, by its options and by command, also for a time.</summary>
internal sealed partial class TracingSwitch
{
    private readonly IServiceProvider _services;
    private readonly ConnectionExporterFactory _exporters;
    private readonly CurrentExport _export;
    private readonly TimeProvider _time;
    private readonly FailureLog _failures;
    private readonly SafeLogger _logger;

    private readonly Lock _gate = new();
    private ConnectionTracingOptions _options = new();
    private TracingSession? _session;
    private ITimer? _timer;
    private DateTimeOffset? _until;
    private bool _stopped;
    private bool _toldNoEvents;

    public TracingSwitch(
        IServiceProvider services,
        ConnectionExporterFactory exporters,
        CurrentExport export,
        IMeterFactory meters,
        ILogger<RequestDiagnosis> diagnosisLogger,
        ILogger<TracingSwitch> logger)
    {
        _services = services;
        _exporters = exporters;
        _export = export;
        _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        _failures = new FailureLog(logger);
        Observers = new HostObservers(meters, diagnosisLogger, _time, _failures);
        _logger = new SafeLogger(logger);
    }

    public HostObservers Observers { get; }

    public TracingState State
    {
        get
        {
            lock (_gate)
            {
                return new TracingState(_session is not null, _until, _options);
            }
        }
    }

    /// <summary>From now on there may be readers of what requests there were, and which of them a connection served.</summary>
    public RequestJournal KeepJournal()
    {
        lock (_gate)
        {
            var journal = Observers.KeepJournal(_options);
            _session?.Apply(_options);
            return journal;
        }
    }

    /// <summary>The host starts.</summary>
    public void Start(ConnectionTracingOptions options)
    {
        lock (_gate)
        {
            _options = options;
            Observers.Apply(options);

            if (options.Enabled)
            {
                SwitchOn(duration: null);
            }
        }
    }

    /// <summary>The options have changed.</summary>
    public void Apply(ConnectionTracingOptions options)
    {
        bool wasEnabled;
        lock (_gate)
        {
            wasEnabled = _options.Enabled;
            _options = options;
            Observers.Apply(options);
            _session?.Apply(options);
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

    /// <summary>Switches on, or if it is on already, changes for how long.</summary>
    /// <param name="duration">Null: for CaptureFor, which may be without an end.</param>
    public void TurnOn(TimeSpan? duration)
    {
        lock (_gate)
        {
            if (!_stopped)
            {
                SwitchOn(duration ?? _options.CaptureFor);
                LogOn(_logger, _until is { } time ? $" until {time:O}" : "");
            }
        }

        Observers.Journal?.StateChanged();
    }

    public void TurnOff() => TurnOff(static () => true);

    /// <summary>The host stops; nothing switches on again.</summary>
    /// <returns>What is to be disposed: it sends what is left.</returns>
    public IDisposable? Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            return SwitchOff();
        }
    }

    private void TurnOff(Func<bool> stillWanted)
    {
        TracingSession? left;
        lock (_gate)
        {
            if (_session is null || !stillWanted())
            {
                return;
            }

            left = SwitchOff();
            LogOff(_logger);
        }

        Observers.Journal?.StateChanged();

        try
        {
            // Outside of the lock: it sends what is left, which takes up to five seconds where no collector answers.
            left?.Dispose();
        }
        catch (Exception exception)
        {
            // From an exporter. On a timer, an exception would end the process; a command or a reload is not to fail because of it.
            LogExporterFailed(_logger, exception);
        }
    }

    private void SwitchOn(TimeSpan? duration)
    {
        // The timer and the exporter's thread outlive the request that switches on: they are not to keep its context.
        using AsyncFlowControl? noFlow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();

        StopTimer();
        if (!EventSupport.IsThere && !_toldNoEvents)
        {
            _toldNoEvents = true;
            LogNoEvents(_logger);
        }

        _session ??= new TracingSession(_services, _options, _exporters, _export, Observers, _failures);

        if (duration is { } time)
        {
            var until = _time.GetUtcNow() + time;
            _until = until;

            // A command may come first and change the time.
            _timer = _time.CreateTimer(_ => TurnOff(() => _until == until), null, time, Timeout.InfiniteTimeSpan);
        }
    }

    private TracingSession? SwitchOff()
    {
        StopTimer();
        var ended = _session;
        ended?.End();
        _session = null;
        return ended;
    }

    private void StopTimer()
    {
        _timer?.Dispose();
        _timer = null;
        _until = null;
    }

    [LoggerMessage(1, LogLevel.Information, "Connection tracing is on{Until}.")]
    private static partial void LogOn(ILogger logger, string until);

    [LoggerMessage(2, LogLevel.Information, "Connection tracing is off.")]
    private static partial void LogOff(ILogger logger);

    [LoggerMessage(3, LogLevel.Warning, "This application was built without EventSource support, as trimming does by default: httpclient.send_ms, httpclient.wait_ms and httpclient.connection.id are left out, and the end of a TLS handshake is taken to be that of the connection setup. To have them, set <EventSourceSupport>true</EventSourceSupport> in its project file.")]
    private static partial void LogNoEvents(ILogger logger);

    [LoggerMessage(4, LogLevel.Error, "Connection tracing is off, but its exporter failed.")]
    private static partial void LogExporterFailed(ILogger logger, Exception exception);
}
