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
    private const string EventSourceSwitch = "System.Diagnostics.Tracing.EventSource.IsSupported";

    /// <summary>How long a stop of the host waits for the last spans to be sent.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly SafeLogger _logger = new(logger);
    private IDisposable? _changes;

    /// <summary>After a stop: ends when nothing is left to be sent.</summary>
    public Task Sending { get; private set; } = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        tracing.Start(options.CurrentValue);
        _changes = options.OnChange(tracing.Apply);

        if (AppContext.TryGetSwitch(EventSourceSwitch, out var supported) && !supported && options.CurrentValue.Enabled)
        {
            LogNoEvents(_logger);
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

    public void Dispose() => Stop()?.Dispose();

    private IDisposable? Stop()
    {
        _changes?.Dispose();
        return tracing.Stop();
    }

    [LoggerMessage(1, LogLevel.Warning, "This application was built without EventSource support, as trimming does by default: httpclient.send_ms, httpclient.wait_ms and httpclient.connection.id are left out, and the end of a TLS handshake is taken to be that of the connection setup. To have them, set <EventSourceSupport>true</EventSourceSupport> in its project file.")]
    private static partial void LogNoEvents(ILogger logger);
}
