namespace ConnectionTracing.Model;

/// <summary>The steps of opening a connection, in this order.</summary>
internal enum SetupPhaseKind
{
    /// <summary>The DNS lookup.</summary>
    Dns,

    /// <summary>A socket connect; one for each address that is tried.</summary>
    Tcp,

    /// <summary>The TLS handshake.</summary>
    Tls,
}
