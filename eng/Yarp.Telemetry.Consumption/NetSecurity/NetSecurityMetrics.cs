namespace Yarp.Telemetry.Consumption;

/// <summary>The counters of <c>System.Net.Security</c>.</summary>
public sealed class NetSecurityMetrics
{
    /// <summary>An empty set, as of now.</summary>
    public NetSecurityMetrics() => Timestamp = DateTime.UtcNow;

    /// <summary>When the first of these counters was read, in UTC.</summary>
    public DateTime Timestamp { get; internal set; }

    /// <summary>Handshakes since the previous set.</summary>
    public long TlsHandshakeRate { get; internal set; }

    /// <summary>Handshakes since the process started.</summary>
    public long TotalTlsHandshakes { get; internal set; }

    /// <summary>Handshakes that have started and not ended.</summary>
    public long CurrentTlsHandshakes { get; internal set; }

    /// <summary>Handshakes failed since the process started.</summary>
    public long FailedTlsHandshakes { get; internal set; }

    /// <summary>Open TLS sessions of any version.</summary>
    public long TlsSessionsOpen { get; internal set; }

    /// <summary>Open TLS 1.0 sessions.</summary>
    public long Tls10SessionsOpen { get; internal set; }

    /// <summary>Open TLS 1.1 sessions.</summary>
    public long Tls11SessionsOpen { get; internal set; }

    /// <summary>Open TLS 1.2 sessions.</summary>
    public long Tls12SessionsOpen { get; internal set; }

    /// <summary>Open TLS 1.3 sessions.</summary>
    public long Tls13SessionsOpen { get; internal set; }

    /// <summary>Average time of a handshake of any version.</summary>
    public TimeSpan TlsHandshakeDuration { get; internal set; }

    /// <summary>Average time of a TLS 1.0 handshake.</summary>
    public TimeSpan Tls10HandshakeDuration { get; internal set; }

    /// <summary>Average time of a TLS 1.1 handshake.</summary>
    public TimeSpan Tls11HandshakeDuration { get; internal set; }

    /// <summary>Average time of a TLS 1.2 handshake.</summary>
    public TimeSpan Tls12HandshakeDuration { get; internal set; }

    /// <summary>Average time of a TLS 1.3 handshake.</summary>
    public TimeSpan Tls13HandshakeDuration { get; internal set; }
}
