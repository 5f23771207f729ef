using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;
using System.Diagnostics;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>Reads the tracker of the process for one host.</summary>
internal static class ConnectionTracingMonitor
{
    private const int ShownConnections = 50;

    public static ConnectionTracingReport CreateReport(ConnectionTracingState state)
    {
        // Another host of the process may trace while this one does not; that is not this one's to show.
        var table = state.Enabled ? TrackerSubscription.Tracker?.Connections : null;
        var options = state.Options;

        return new(
            state.Enabled,
            state.Until,
            options.RequestPhases,
            options.InlineSetup,
            options.Export.ToString(),
            options.SlowSetup.TotalMilliseconds,
            options.MaxTrackedConnections,
            table?.Count ?? 0,
            [.. (table?.Recent(ShownConnections) ?? []).Select(Describe)],
            [],
            []);
    }

    private static TracedConnection Describe(Connection connection) => new(
        connection.Context.TraceId.ToHexString(),
        connection.Context.SpanId.ToHexString(),
        connection.Id as long?,
        connection.Scheme,
        connection.Host,
        connection.Port,
        connection.PeerAddress,
        null,
        null,
        connection.OpeningSince,
        connection.SetupDuration?.TotalMilliseconds,
        null,
        [.. connection.Phases.Select(phase => new TracedPhase(phase.Name, (phase.Start - connection.OpeningSince).TotalMilliseconds, phase.Duration.TotalMilliseconds, phase.ErrorType))],
        connection.ErrorType,
        connection.InitiatedBy is { } initiator ? Describe(initiator) : null,
        connection.Served.Count,
        [.. connection.Served.Recent().Select(request => new TracedRequestLink(request.TraceId, request.SpanId, request.Start, request.Duration.TotalMilliseconds))]);

    private static TracedRequestLink Describe(ActivityContext context) => new(context.TraceId.ToHexString(), context.SpanId.ToHexString(), null, null);
}
