namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>A connection, or an attempt to open one that failed.</summary>
/// <param name="TraceId">The trace of its <c>HTTP connection_setup</c>, 32 hexadecimal digits.</param>
/// <param name="SpanId">That span, 16 hexadecimal digits; no two connections have the same.</param>
/// <param name="Id">The runtime's number of it, while RequestPhases is on; null also for an attempt that failed.</param>
/// <param name="Scheme">As in <c>url.scheme</c>.</param>
/// <param name="Address">As in <c>server.address</c>.</param>
/// <param name="Port">As in <c>server.port</c>.</param>
/// <param name="PeerAddress">As in <c>network.peer.address</c>.</param>
/// <param name="Protocol">1.1, 2 or 3, where known.</param>
/// <param name="TlsProtocol">Such as 1.3; null without TLS, or where unknown.</param>
/// <param name="OpenedAt">When its setup began.</param>
/// <param name="Setup">How long that took, in milliseconds; null: it is not over yet.</param>
/// <param name="ClosedAt">When it was closed; null: it is open, or, without RequestPhases, nobody said.</param>
/// <param name="Phases">The phases of its setup.</param>
/// <param name="ErrorType">Why the attempt failed; null: it did not.</param>
/// <param name="InitiatedBy">The request that caused it, where that is certain.</param>
/// <param name="Served">How many requests it served.</param>
/// <param name="Requests">The most recent of them, newest first.</param>
public sealed record TracedConnection(
    string TraceId,
    string SpanId,
    long? Id,
    string? Scheme,
    string? Address,
    int? Port,
    string? PeerAddress,
    string? Protocol,
    string? TlsProtocol,
    DateTimeOffset OpenedAt,
    double? Setup,
    DateTimeOffset? ClosedAt,
    IReadOnlyList<TracedPhase> Phases,
    string? ErrorType,
    TracedRequestLink? InitiatedBy,
    long Served,
    IReadOnlyList<TracedRequestLink> Requests);
