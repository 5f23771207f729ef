using System;
using System.Threading;
using System.Threading.Tasks;
using ConnectionTracing.Runtime;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ConnectionTracing.Hosting;

/// <summary>Starts and stops connection tracing with its host, and applies changes of its options.</summary>
internal sealed partial class TracingHostedService(TracingSwitch tracing, IOptionsMonitor<ConnectionTracingOptions> options, ILogger<TracingHostedService> logger)
    : IHostedService, IDisposable
{
    /// <summary>How long a stop of the host waits for the last spans to be sent.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly SafeLogger _logger = new(logger);
    private IDisposable? _changes;

    /// <summary>After a stop: ends when nothing is left to be sent.</summary>
    public Task Sending { get; private set; } = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var first = options.CurrentValue;
        tracing.Start(first);
        _changes = options.OnChange(Apply);

        // What was changed in between would be missed.
        if (!ReferenceEquals(options.CurrentValue, first))
        {
            Apply(options.CurrentValue);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Stop() is { } left)
        {
            // Disposing sends what is left, and waits up to five seconds where no collector answers. That may go on in the background,
            // while the application's own providers do the same, but is no reason to hold up the stop.
            Sending = Task.Run(left.Dispose, CancellationToken.None);
            await Sending.WaitAsync(StopGrace, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        try
        {
            Stop()?.Dispose();
        }
        catch (Exception exception)
        {
            LogNotDisposed(_logger, exception);
        }
    }

    private void Apply(ConnectionTracingOptions changed)
    {
        try
        {
            tracing.Apply(changed);
        }
        catch (Exception exception)
        {
            // Code that reloads the configuration is not to fail because of it.
            LogNotApplied(_logger, exception);
        }
    }

    private IDisposable? Stop()
    {
        _changes?.Dispose();
        return tracing.Stop();
    }

    [LoggerMessage(1, LogLevel.Error, "The new settings of connection tracing cannot be applied.")]
    private static partial void LogNotApplied(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "The exporter of the connection spans failed when it was disposed.")]
    private static partial void LogNotDisposed(ILogger logger, Exception exception);
}
