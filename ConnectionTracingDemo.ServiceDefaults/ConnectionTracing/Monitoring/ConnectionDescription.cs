using System.Diagnostics;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>Describes a connection as it is now.</summary>
internal static class ConnectionDescription
{
    public static TracedConnection Of(Connection connection) => new(
        connection.Context.TraceId.ToHexString(),
        connection.Context.SpanId.ToHexString(),
        connection.Id as long?,
        connection.Scheme,
        connection.Host,
        connection.Port,
        connection.PeerAddress,
        connection.Protocol,
        connection.TlsProtocol,
        connection.OpeningSince,
        connection.SetupDuration?.TotalMilliseconds,
        connection.ClosedAt,
        [.. connection.Phases.Select(phase => new TracedPhase(phase.Name, (phase.Start - connection.OpeningSince).TotalMilliseconds, phase.Duration.TotalMilliseconds, phase.ErrorType))],
        connection.ErrorType,
        connection.InitiatedBy is { } initiator ? Of(initiator) : null,
        connection.Served.Count,
        [.. connection.Served.Recent().Select(request => new TracedRequestLink(request.TraceId, request.SpanId, request.Start, request.Duration.TotalMilliseconds))]);

    private static TracedRequestLink Of(ActivityContext context) => new(context.TraceId.ToHexString(), context.SpanId.ToHexString(), null, null);
}
