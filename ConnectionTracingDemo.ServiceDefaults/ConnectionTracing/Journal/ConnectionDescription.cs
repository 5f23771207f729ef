using System.Diagnostics;
using System.Linq;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Journal;

/// <summary>Describes a connection as it is now.</summary>
internal static class ConnectionDescription
{
    /// <param name="connection">The connection.</param>
    /// <param name="served">What it served; null: nothing that is known.</param>
    public static TracedConnection Of(TrackedConnection connection, ServedRequests? served) => new()
    {
        TraceId = connection.Context.TraceId.ToHexString(),
        SpanId = connection.Context.SpanId.ToHexString(),
        Id = connection.Id as long?,
        Scheme = connection.Scheme,
        Address = connection.Host,
        Port = connection.Port,
        PeerAddress = connection.PeerAddress,
        Protocol = connection.Protocol,
        TlsProtocol = connection.TlsProtocol,
        OpenedAt = connection.OpeningSince,
        Setup = connection.SetupDuration?.TotalMilliseconds,
        ClosedAt = connection.ClosedAt,
        Phases = [.. connection.Phases.Select(phase => new TracedPhase(
            phase.Name, (phase.Start - connection.OpeningSince).TotalMilliseconds, phase.Duration.TotalMilliseconds, phase.ErrorType))],
        ErrorType = connection.ErrorType,
        InitiatedBy = connection.Use.InitiatedBy is { } initiator ? Of(initiator) : null,
        Served = served?.Count ?? 0,
        Requests = [.. (served?.Recent() ?? []).Select(request => new TracedRequestLink(request.TraceId, request.SpanId, request.Start, request.Duration.TotalMilliseconds))],
    };

    private static TracedRequestLink Of(ActivityContext context) => new(context.TraceId.ToHexString(), context.SpanId.ToHexString(), null, null);
}
