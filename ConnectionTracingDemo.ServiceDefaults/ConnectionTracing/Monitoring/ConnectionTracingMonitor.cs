using System.Runtime.CompilerServices;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>Reads the journal of a host. From its creation on, the host keeps one.</summary>
internal sealed class ConnectionTracingMonitor(IServiceProvider services, ConnectionTracingSwitch tracing, IHostApplicationLifetime lifetime) : IConnectionTracingMonitor
{
    private const int ShownRequests = 200;
    private const int ShownConnections = 50;

    /// <summary>Between two updates, however much happens: four in a second.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Between two updates, however little happens: what lies between reader and writer may take silence for death.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    private readonly Journal _journal = tracing.KeepJournal();
    private readonly TimeProvider _time = services.GetService<TimeProvider>() ?? TimeProvider.System;

    public ConnectionTracingReport GetReport()
    {
        var state = tracing.State;
        var options = state.Options;
        var table = TableOf(state);
        var entries = _journal.Read(_journal.Open(after: null));

        return new(
            state.Enabled,
            state.Until,
            options.RequestPhases,
            options.InlineSetup,
            options.Export.ToString(),
            options.SlowSetup.TotalMilliseconds,
            options.MaxTrackedConnections,
            table?.Count ?? 0,
            [.. (table?.Recent(ShownConnections) ?? []).Select(ConnectionDescription.Of)],
            [.. NewestFirst(entries.Requests).Take(ShownRequests).Select(remembered => remembered.Request)],
            [.. entries.Findings.Reverse()]);
    }

    public ConnectionTracingUpdate GetTrace(string traceId)
    {
        var entries = _journal.Read(_journal.Open(after: null));
        return Describe(entries with
        {
            Missed = 0,
            Requests = [.. NewestFirst(entries.Requests.Where(remembered => IsOfTrace(remembered.Request.TraceId))).Reverse()],
            Changed = [.. entries.Changed.Where(connection => connection.InitiatedBy is { } initiator && IsOfTrace(initiator.TraceId.ToHexString()))],
            Findings = [.. entries.Findings.Where(finding => IsOfTrace(finding.TraceId))],
        });

        bool IsOfTrace(string id) => string.Equals(id, traceId, StringComparison.OrdinalIgnoreCase);
    }

    public async IAsyncEnumerable<ConnectionTracingUpdate> WatchAsync(long? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var cursor = _journal.Open(after);

        while (!end.IsCancellationRequested)
        {
            yield return Describe(_journal.Read(cursor));

            await Task.Delay(Pause, _time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _journal.Changed(cursor).WaitAsync(KeepAlive - Pause, _time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void TurnOn(TimeSpan? duration = null)
    {
        if (duration is { } time && !CaptureTime.IsAllowed(time))
        {
            throw new ArgumentOutOfRangeException(nameof(duration), duration, $"Allowed is {CaptureTime.Allowed}, or null.");
        }

        tracing.TurnOn(duration);
    }

    public void TurnOff() => tracing.TurnOff();

    private ConnectionTracingUpdate Describe(JournalEntries entries)
    {
        var state = tracing.State;
        var table = TableOf(state);

        return new(
            entries.Position,
            state.Enabled,
            state.Until,
            entries.Missed,
            [.. entries.Requests.Select(remembered => remembered.Request)],
            // What becomes of those from before tracing was switched off, nobody says any more.
            [.. entries.Connections.Where(connection => table?.Knows(connection) == true).Select(ConnectionDescription.Of)],
            entries.Findings);
    }

    /// <summary>Each once, with what was learned of it last.</summary>
    private static IEnumerable<RememberedRequest> NewestFirst(IEnumerable<RememberedRequest> requests) =>
        requests.Reverse().DistinctBy(remembered => remembered.Request.SpanId);

    // Another host of the process may trace while this one does not; that is not this one's to show.
    private static ConnectionTable? TableOf(ConnectionTracingState state) => state.Enabled ? TrackerSubscription.Tracker?.Connections : null;
}
