namespace Yarp.Telemetry.Consumption;

/// <summary>The counters of <c>Microsoft-AspNetCore-Server-Kestrel</c>.</summary>
public sealed class KestrelMetrics
{
    /// <summary>An empty set, as of now.</summary>
    public KestrelMetrics() => Timestamp = DateTime.UtcNow;

    /// <summary>When the first of these counters was read, in UTC.</summary>
    public DateTime Timestamp { get; internal set; }

    /// <summary>Connections since the previous set.</summary>
    public long ConnectionRate { get; internal set; }

    /// <summary>Connections since the process started.</summary>
    public long TotalConnections { get; internal set; }

    /// <summary>TLS handshakes since the previous set.</summary>
    public long TlsHandshakeRate { get; internal set; }

    /// <summary>TLS handshakes since the process started.</summary>
    public long TotalTlsHandshakes { get; internal set; }

    /// <summary>TLS handshakes that have started and not ended.</summary>
    public long CurrentTlsHandshakes { get; internal set; }

    /// <summary>TLS handshakes failed since the process started.</summary>
    public long FailedTlsHandshakes { get; internal set; }

    /// <summary>Open connections.</summary>
    public long CurrentConnections { get; internal set; }

    /// <summary>Connections that are accepted and not yet served.</summary>
    public long ConnectionQueueLength { get; internal set; }

    /// <summary>HTTP/2 and HTTP/3 requests that wait for their turn.</summary>
    public long RequestQueueLength { get; internal set; }

    /// <summary>Open upgraded requests, such as WebSockets.</summary>
    public long CurrentUpgradedRequests { get; internal set; }
}
