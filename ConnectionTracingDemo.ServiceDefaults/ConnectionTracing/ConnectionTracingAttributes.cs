namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing;

/// <summary>The attributes that connection tracing writes and reads. README.md beside this file says when each is present.</summary>
internal static class ConnectionTracingAttributes
{
    // Written to the request span. No semantic convention covers them yet; the prefixes follow
    // https://opentelemetry.io/docs/specs/semconv/http/ and https://opentelemetry.io/docs/specs/semconv/registry/attributes/network/.
    public const string ConnectionReused = "http.client.connection.reused";
    public const string ConnectionInitiated = "http.client.connection.initiated";
    public const string ConnectionAge = "http.client.connection.age";
    public const string ConnectionId = "http.client.connection.id";
    public const string QueueDuration = "http.client.request.queue.duration";
    public const string SendDuration = "http.client.request.send.duration";
    public const string WaitDuration = "http.client.response.wait.duration";
    public const string SetupDuration = "network.setup.duration";
    public const string DnsDuration = "network.setup.dns.duration";
    public const string TcpDuration = "network.setup.tcp_connect.duration";
    public const string TlsDuration = "network.setup.tls_handshake.duration";
    public const string FailedAttempts = "network.setup.failed_attempts";
    public const string FailedPhase = "network.setup.failed_phase";
    public const string SetupErrorType = "network.setup.error.type";

    // Written to metrics only.
    public const string SetupPhase = "network.setup.phase";

    // Read from the spans of System.Net, https://opentelemetry.io/docs/specs/semconv/general/attributes/.
    public const string ErrorType = "error.type";
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";
    public const string UrlScheme = "url.scheme";
    public const string PeerAddress = "network.peer.address";
    public const string RequestMethod = "http.request.method";
    public const string StatusCode = "http.response.status_code";
    public const string ProtocolVersion = "network.protocol.version";
    public const string UrlFull = "url.full";
}
