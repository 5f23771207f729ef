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

    /// <summary>The proxy cannot be reached: it refuses connections, or there is no route to it.</summary>
    public const string ProxyUnreachable = "proxy_unreachable";

    /// <summary>The name of the proxy has no address.</summary>
    public const string ProxyNotFound = "proxy_not_found";

    /// <summary>The proxy asks for credentials: status 407.</summary>
    public const string ProxyAuthenticationRequired = "proxy_authentication_required";

    /// <summary>The proxy answered CONNECT with another failure.</summary>
    public const string ProxyTunnelRefused = "proxy_tunnel_refused";

    /// <summary>The proxy took long to open the tunnel.</summary>
    public const string SlowProxyTunnel = "slow_proxy_tunnel";

    /// <summary>Opening a connection took long outside of DNS, TCP and TLS: in a ConnectCallback, for example.</summary>
    public const string SlowSetup = "slow_setup";

    /// <summary>The server requires a client certificate, and got none.</summary>
    public const string ClientCertificateMissing = "client_certificate_missing";

    /// <summary>The server does not accept the client certificate.</summary>
    public const string ClientCertificateRefused = "client_certificate_refused";

    /// <summary>Client and server have no TLS version in common.</summary>
    public const string TlsVersionMismatch = "tls_version_mismatch";

    /// <summary>The server does not speak TLS at that port.</summary>
    public const string PlaintextOnTlsPort = "plaintext_on_tls_port";

    /// <summary>Waiting for <c>100 Continue</c> took long.</summary>
    public const string SlowContinue = "slow_continue";

    /// <summary>Sending the request took long.</summary>
    public const string SlowSend = "slow_send";

    /// <summary>The process itself was late: work items waited for a thread of the thread pool.</summary>
    public const string ThreadPoolStarvation = "thread_pool_starvation";

    /// <summary>There is no route to the server.</summary>
    public const string HostUnreachable = "host_unreachable";

    /// <summary>No DNS server answered.</summary>
    public const string DnsUnavailable = "dns_unavailable";

    /// <summary>The process has as many sockets and files open as it may.</summary>
    public const string OutOfSockets = "out_of_sockets";

    /// <summary>The server closes new connections without an answer.</summary>
    public const string ClosedWithoutAnswer = "closed_without_answer";
}
