using System;

namespace ConnectionTracing;

/// <summary>
/// Configuration section <c>ConnectionTracing:Diagnosis</c>: from when on something counts as a fault. README.md of the folder
/// Diagnosis says which finding each of them belongs to. Times are from 00:00:00 to 01:00:00.
/// </summary>
public sealed class ConnectionTracingDiagnosisOptions
{
    internal const int MaxChurnConnections = 32;

    /// <summary>Whether faults are looked for while connection tracing is on. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The same cause at the same host and port is told again after this time. From one second to one day; default: 1 min.</summary>
    public TimeSpan RepeatAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A request that waits longer for a connection, or a stream, that others occupy. Default: 100 ms.</summary>
    public TimeSpan Queue { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A DNS lookup that itself takes longer. Default: 1 s.</summary>
    public TimeSpan SlowDns { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A DNS lookup that waits longer for other lookups of the same name. Default: 100 ms.</summary>
    public TimeSpan QueuedDns { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A socket connect that takes longer. Default: 1 s.</summary>
    public TimeSpan SlowConnect { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Addresses that fail take longer before one works. Default: 0, any time is too long.</summary>
    public TimeSpan FailedAddress { get; set; } = TimeSpan.Zero;

    /// <summary>A TLS handshake that takes longer. Default: 1 s.</summary>
    public TimeSpan SlowTls { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A proxy that takes longer to open a tunnel. Default: 1 s.</summary>
    public TimeSpan SlowTunnel { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time outside of DNS, TCP, TLS and tunnel, in a ConnectCallback for example, that is longer. Default: 1 s.</summary>
    public TimeSpan SlowSetup { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A request that takes longer to send, although the server reads it or should. Default: 5 s.</summary>
    public TimeSpan SlowSend { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A body that is held back for longer, until the server says <c>100 Continue</c>. Default: 500 ms.</summary>
    public TimeSpan SlowContinue { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A work item that waits longer for a thread of the thread pool, while a request is under way. Default: 500 ms.</summary>
    public TimeSpan Starvation { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A server that takes longer between the request and its headers. Default: 1 s.</summary>
    public TimeSpan SlowServer { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A buffered response body that takes longer. Default: 1 s.</summary>
    public TimeSpan SlowBody { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>So many connections at once to a host that had none are a burst. From 2 to 10,000; default: 20.</summary>
    public int BurstConnections { get; set; } = 20;

    /// <summary>So many connections within ten seconds, each closed after one or two requests, are churn. From 3 to 32; default: 10.</summary>
    public int ChurnConnections { get; set; } = 10;
}
