namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing;

/// <summary>
/// Configuration section <c>ConnectionTracing</c>. Validated when the host starts; a change of configuration is applied
/// without a restart, a wrong value in it is refused with a log line and the settings stay as they were.
/// </summary>
public sealed class ConnectionTracingOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "ConnectionTracing";

    /// <summary>Whether connections are traced. Default: true in Development, else false.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// Whether request spans also say how long sending and waiting took and which connection served them, and buffered
    /// response bodies get a span. Default: true in Development, else false, because it costs the most.
    /// </summary>
    public bool RequestPhases { get; set; }

    /// <summary>
    /// Whether the phases of a connection setup are repeated inside the trace of the request that waited for it. Default: true.
    /// </summary>
    public bool InlineSetup { get; set; } = true;

    /// <summary>
    /// When tracing is switched on at run time, it switches itself off after this time. From one second to one day; default: null, it stays on.
    /// </summary>
    public TimeSpan? CaptureFor { get; set; }

    /// <summary>Which connection_setup traces are exported. Default: <see cref="ConnectionTracingExport.All"/>.</summary>
    public ConnectionTracingExport Export { get; set; } = ConnectionTracingExport.All;

    /// <summary>
    /// Whether root spans of connections that HttpClient did not open are exported: TLS handshakes of this process as a server, and the
    /// DNS lookups, socket connects and handshakes of other code. Inside the trace of something else they always are. Default: false.
    /// </summary>
    public bool OtherConnections { get; set; }

    /// <summary>
    /// A setup that takes longer than this is exported by <see cref="ConnectionTracingExport.Linked"/> although no sampled
    /// request links to it. Up to one hour; default: 1 s.
    /// </summary>
    public TimeSpan SlowSetup { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many connections are remembered, and how many traces are held back by <see cref="ConnectionTracingExport.Linked"/>
    /// at most. From 16 to 1,000,000; default: 4096.
    /// </summary>
    public int MaxTrackedConnections { get; set; } = 4096;

    /// <summary>
    /// How many requests are remembered at most, once somebody uses <see cref="Monitoring.IConnectionTracingMonitor"/> or the
    /// endpoint. From 16 to 1,000,000; default: 4096, about 4 MB.
    /// </summary>
    public int MaxRememberedRequests { get; set; } = 4096;

    /// <summary>From when on something counts as a fault, and is told.</summary>
    public ConnectionTracingDiagnosisOptions Diagnosis { get; } = new();
}
