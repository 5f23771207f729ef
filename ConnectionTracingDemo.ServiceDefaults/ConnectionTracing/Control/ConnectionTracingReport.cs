using System.Diagnostics;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Control;

/// <summary>What a GET shows. Times in milliseconds; connections of the whole process, newest first.</summary>
internal sealed record ConnectionTracingReport(
    bool Enabled,
    DateTimeOffset? Until,
    bool RequestPhases,
    bool InlineSetup,
    string Export,
    double SlowSetup,
    int MaxTrackedConnections,
    int TrackedConnections,
    IReadOnlyList<ConnectionTracingReport.ConnectionEntry> Connections)
{
    private const int Shown = 50;

    public static ConnectionTracingReport Create(ConnectionTracingState state)
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
            [.. (table?.Recent(Shown) ?? []).Select(ConnectionEntry.Of)]);
    }

    internal sealed record ConnectionEntry(
        string TraceId,
        string SpanId,
        long? Id,
        string? Scheme,
        string? Address,
        int? Port,
        string? PeerAddress,
        DateTime OpenedAt,
        double? Setup,
        IReadOnlyList<PhaseEntry> Phases,
        string? ErrorType,
        RequestEntry? InitiatedBy,
        long Served,
        IReadOnlyList<RequestEntry> Requests)
    {
        public static ConnectionEntry Of(Connection connection) => new(
            connection.Context.TraceId.ToHexString(),
            connection.Context.SpanId.ToHexString(),
            connection.Id as long?,
            connection.Scheme,
            connection.Host,
            connection.Port,
            connection.PeerAddress,
            connection.OpeningSince,
            connection.SetupDuration?.TotalMilliseconds,
            [.. connection.Phases.Select(phase => new PhaseEntry(phase.Name, phase.Start, phase.Duration.TotalMilliseconds, phase.ErrorType))],
            connection.ErrorType,
            connection.InitiatedBy is { } initiator ? RequestEntry.Of(initiator) : null,
            connection.Served.Count,
            [.. connection.Served.Recent().Select(RequestEntry.Of)]);
    }

    internal sealed record PhaseEntry(string Name, DateTime Start, double Duration, string? ErrorType);

    internal sealed record RequestEntry(string TraceId, string SpanId, DateTime? Start, double? Duration)
    {
        public static RequestEntry Of(ActivityContext context) => new(context.TraceId.ToHexString(), context.SpanId.ToHexString(), null, null);

        public static RequestEntry Of(ServedRequest request) => new(request.TraceId, request.SpanId, request.Start, request.Duration.TotalMilliseconds);
    }
}
