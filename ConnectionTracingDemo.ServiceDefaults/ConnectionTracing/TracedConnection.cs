using System;
using System.Collections.Generic;

namespace ConnectionTracing;

/// <summary>A connection, or an attempt to open one that failed.</summary>
public sealed record TracedConnection
{
    /// <summary>The trace of its <c>HTTP connection_setup</c>, 32 hexadecimal digits.</summary>
    public required string TraceId { get; init; }

    /// <summary>That span, 16 hexadecimal digits; no two connections have the same.</summary>
    public required string SpanId { get; init; }

    /// <summary>The runtime's number of it, while RequestPhases is on; null also for an attempt that failed.</summary>
    public long? Id { get; init; }

    /// <summary>As in <c>url.scheme</c>.</summary>
    public string? Scheme { get; init; }

    /// <summary>As in <c>server.address</c>.</summary>
    public string? Address { get; init; }

    /// <summary>As in <c>server.port</c>.</summary>
    public int? Port { get; init; }

    /// <summary>As in <c>network.peer.address</c>.</summary>
    public string? PeerAddress { get; init; }

    /// <summary>1.1, 2 or 3, where known.</summary>
    public string? Protocol { get; init; }

    /// <summary>Such as 1.3; null without TLS, or where unknown.</summary>
    public string? TlsProtocol { get; init; }

    /// <summary>When its setup began.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>How long that took, in milliseconds; null: it has not ended.</summary>
    public double? Setup { get; init; }

    /// <summary>When it was closed; null: it is open, or, without RequestPhases, unknown.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>The phases of its setup.</summary>
    public required IReadOnlyList<TracedPhase> Phases { get; init; }

    /// <summary>Why the attempt failed; null: it did not.</summary>
    public string? ErrorType { get; init; }

    /// <summary>The request that caused it, where that is certain.</summary>
    public TracedRequestLink? InitiatedBy { get; init; }

    /// <summary>How many requests it served.</summary>
    public long Served { get; init; }

    /// <summary>The most recent of them, newest first.</summary>
    public required IReadOnlyList<TracedRequestLink> Requests { get; init; }
}
