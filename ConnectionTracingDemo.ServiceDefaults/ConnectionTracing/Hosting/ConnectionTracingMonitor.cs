using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using ConnectionTracing.Journal;
using ConnectionTracing.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ConnectionTracing.Hosting;

/// <summary>Reads the journal of a host. From its creation on, the host keeps one.</summary>
internal sealed class ConnectionTracingMonitor(IServiceProvider services, TracingSwitch tracing, IHostApplicationLifetime lifetime) : IConnectionTracingMonitor
{
    private const int ShownRequests = 200;
    private const int ShownConnections = 50;

    /// <summary>So many requests, and changes of connections, are in one update at most: a reader that is slow, or new, is to cost little memory.</summary>
    private const int EntriesPerUpdate = 100;

    /// <summary>Between two updates, however much happens: four in a second. A reader that lags behind gets the next piece at once.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Between two updates, however little happens: what lies between reader and writer may take silence for death.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    private readonly RequestJournal _journal = tracing.KeepJournal();
    private readonly TimeProvider _time = services.GetService<TimeProvider>() ?? TimeProvider.System;

    public ConnectionTracingReport GetReport()
    {
        var state = tracing.State;
        var options = state.Options;
        var table = TableOf(state);
        var entries = _journal.Read(_journal.Open(after: null));

        return new ConnectionTracingReport
        {
            Enabled = state.Enabled,
            Until = state.Until,
            RequestPhases = options.RequestPhases,
            InlineSetup = options.InlineSetup,
            Export = options.Export.ToString(),
            SlowSetup = options.SlowSetup.TotalMilliseconds,
            MaxTrackedConnections = options.MaxTrackedConnections,
            TrackedConnections = table?.Count ?? 0,
            Connections = [.. (table?.Recent(ShownConnections) ?? []).Select(Describe)],
            Requests = [.. entries.RequestsNewestFirst.Take(ShownRequests).Select(remembered => remembered.Request)],
            Findings = [.. entries.Findings.Reverse()],
        };
    }

    public ConnectionTracingUpdate GetTrace(string traceId)
    {
        var entries = _journal.Read(_journal.Open(after: null));
        return Describe(entries with
        {
            Missed = 0,
            Requests = [.. entries.RequestsNewestFirst.Where(remembered => IsOfTrace(remembered.Request.TraceId)).Reverse()],
            Changed = [.. entries.Changed.Where(connection => connection.Use.InitiatedBy is { } initiator && IsOfTrace(initiator.TraceId.ToHexString()))],
            Findings = [.. entries.Findings.Where(finding => IsOfTrace(finding.TraceId))],
        });

        bool IsOfTrace(string id) => string.Equals(id, traceId, StringComparison.OrdinalIgnoreCase);
    }

    public ConnectionTracingUpdate GetHistory()
    {
        var entries = _journal.Read(_journal.Open(after: null));
        return Describe(entries with { Missed = 0, Requests = [.. entries.RequestsNewestFirst.Reverse()] });
    }

    public async IAsyncEnumerable<ConnectionTracingUpdate> WatchAsync(long? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var cursor = _journal.Open(after);

        while (!end.IsCancellationRequested)
        {
            var entries = _journal.Read(cursor, EntriesPerUpdate);
            yield return Describe(entries);

            if (!entries.IsPiece)
            {
                await Task.Delay(Pause, _time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await _journal.Changed(cursor).WaitAsync(KeepAlive - Pause, _time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
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

        return new ConnectionTracingUpdate
        {
            Position = entries.Position,
            Enabled = state.Enabled,
            Until = state.Until,
            Missed = entries.Missed,
            Requests = [.. entries.Requests.Select(remembered => remembered.Request)],
            // What becomes of those from before tracing was switched off is unknown.
            Connections = [.. entries.Connections.Where(connection => table?.Knows(connection) == true).Select(Describe)],
            Findings = entries.Findings,
        };
    }

    private TracedConnection Describe(TrackedConnection connection) => ConnectionDescription.Of(connection, _journal.ServedBy(connection));

    // Another host of the process may trace while this one does not; that is not this one's to show.
    private static ConnectionTable? TableOf(TracingState state) => state.Enabled ? TracingSubscription.Tracker?.Connections : null;
}
