using System;
using System.Diagnostics;

namespace ConnectionTracing.Model;

/// <summary>
/// An attempt to open a connection and, where it succeeded, the connection. What is known of the attempt does not change after its end;
/// the number, the protocol and the time of closing may become known later.
/// </summary>
/// <param name="context">The span <c>HTTP connection_setup</c>.</param>
/// <param name="openingSince">When it began.</param>
internal abstract class Connection(ActivityContext context, DateTime openingSince)
{
    public ActivityContext Context { get; } = context;

    public DateTime OpeningSince { get; } = openingSince;

    /// <summary>Null until the attempt has ended.</summary>
    public TimeSpan? SetupDuration { get; protected set; }

    public DateTime EstablishedAt => OpeningSince + SetupDuration.GetValueOrDefault();

    /// <summary>As in <c>server.address</c>.</summary>
    public string? Host { get; protected set; }

    /// <summary>As in <c>server.port</c>.</summary>
    public int? Port { get; protected set; }

    /// <summary>As in <c>url.scheme</c>.</summary>
    public string? Scheme { get; protected set; }

    /// <summary>As in <c>network.peer.address</c>.</summary>
    public string? PeerAddress { get; protected set; }

    /// <summary>The port that it is connected to: that of a proxy where there is one.</summary>
    public int? PeerPort { get; protected set; }

    /// <summary>Its phases, in the order in which they began; empty until the attempt has ended.</summary>
    public SetupPhase[] Phases { get; protected set; } = [];

    /// <summary>Why the attempt failed: what the failed phase says, else what the setup says.</summary>
    public string? ErrorType { get; protected set; }

    /// <summary>The phase that failed, where one of them did.</summary>
    public SetupPhase? FailedPhase { get; protected set; }

    /// <summary>As in <c>tls.protocol.version</c>; null without TLS.</summary>
    public string? TlsProtocol { get; protected set; }

    /// <summary>As in <c>network.protocol.version</c>; null while unknown.</summary>
    public string? Protocol { get; protected set; }

    /// <summary>The number that the events of System.Net.Http give the connection; known while RequestPhases is on. A boxed long.</summary>
    public object? Id { get; protected set; }

    /// <summary>Known while RequestPhases is on; null: it is open, or unknown.</summary>
    public abstract DateTime? ClosedAt { get; }
}
