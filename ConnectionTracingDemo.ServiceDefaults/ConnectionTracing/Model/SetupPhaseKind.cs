namespace ConnectionTracing.Model;

/// <summary>The steps of opening a connection, in this order.</summary>
internal enum SetupPhaseKind
{
    /// <summary>The DNS lookup.</summary>
    Dns,

    /// <summary>A socket connect; one for each address that is tried.</summary>
    Tcp,

    /// <summary>CONNECT: a proxy opens a tunnel to the server.</summary>
    Tunnel,

    /// <summary>The TLS handshake.</summary>
    Tls,

    /// <summary>Time of the setup that is in none of the others: spent in a ConnectCallback or a PlaintextStreamFilter, or with a SOCKS proxy.</summary>
    Other,
}
