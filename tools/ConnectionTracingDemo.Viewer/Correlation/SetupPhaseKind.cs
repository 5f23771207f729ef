namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>What is done to open a connection, in this order.</summary>
internal enum SetupPhaseKind
{
    Dns,
    Tcp,
    Tls,
}
