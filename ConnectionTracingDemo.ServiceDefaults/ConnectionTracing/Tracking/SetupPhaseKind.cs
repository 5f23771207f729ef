namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>What opening a connection consists of.</summary>
internal enum SetupPhaseKind
{
    Dns,
    Tcp,
    Tls,
}
