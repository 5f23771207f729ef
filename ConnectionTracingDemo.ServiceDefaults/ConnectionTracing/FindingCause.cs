namespace ConnectionTracing;

/// <summary>The causes that the diagnosis knows, as attribute values. README.md of the diagnosis says what each needs to be sure.</summary>
public static class FindingCause
{
    /// <summary>Requests wait because MaxConnectionsPerServer connections are all busy.</summary>
    public const string PoolSaturated = "pool_saturated";

    /// <summary>Connections are opened one after the other, each for few requests.</summary>
    public const string ConnectionChurn = "connection_churn";

    /// <summary>Many requests at once found no connection and each opened its own.</summary>
    public const string ColdStartBurst = "cold_start_burst";

    /// <summary>A DNS lookup took long.</summary>
    public const string SlowDns = "slow_dns";

    /// <summary>The name has no address.</summary>
    public const string HostNotFound = "host_not_found";

    /// <summary>Lookups for one host queue behind each other.</summary>
    public const string SerializedDns = "serialized_dns";

    /// <summary>A socket connect took long, or was given up.</summary>
    public const string SlowConnect = "slow_connect";

    /// <summary>No server listens at the address.</summary>
    public const string ConnectionRefused = "connection_refused";

    /// <summary>A TLS handshake took long.</summary>
    public const string SlowTls = "slow_tls";

    /// <summary>The server's certificate is not trusted, or is for another name.</summary>
    public const string UntrustedCertificate = "untrusted_certificate";

    /// <summary>Requests wait because an HTTP/2 connection carries as many streams as its server allows.</summary>
    public const string StreamLimit = "stream_limit";

    /// <summary>The first address fails before the next one works.</summary>
    public const string FirstAddressFails = "first_address_fails";

    /// <summary>The server closes idle connections before the client would.</summary>
    public const string IdleClosed = "idle_connection_closed";

    /// <summary>The server took long to answer.</summary>
    public const string SlowServer = "slow_server";

    /// <summary>The response body took long.</summary>
    public const string SlowBody = "slow_body";
}
