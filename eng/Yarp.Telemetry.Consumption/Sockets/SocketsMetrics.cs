namespace Yarp.Telemetry.Consumption;

/// <summary>The counters of <c>System.Net.Sockets</c>.</summary>
public sealed class SocketsMetrics
{
    /// <summary>An empty set, as of now.</summary>
    public SocketsMetrics() => Timestamp = DateTime.UtcNow;

    /// <summary>When the first of these counters was read, in UTC.</summary>
    public DateTime Timestamp { get; internal set; }

    /// <summary>Outgoing connections since the process started.</summary>
    public long OutgoingConnectionsEstablished { get; internal set; }

    /// <summary>Incoming connections since the process started.</summary>
    public long IncomingConnectionsEstablished { get; internal set; }

    /// <summary>Bytes received since the process started.</summary>
    public long BytesReceived { get; internal set; }

    /// <summary>Bytes sent since the process started.</summary>
    public long BytesSent { get; internal set; }

    /// <summary>Datagrams received since the process started.</summary>
    public long DatagramsReceived { get; internal set; }

    /// <summary>Datagrams sent since the process started.</summary>
    public long DatagramsSent { get; internal set; }

    /// <summary>Sockets that are connecting.</summary>
    public long CurrentOutgoingConnectAttempts { get; internal set; }
}
