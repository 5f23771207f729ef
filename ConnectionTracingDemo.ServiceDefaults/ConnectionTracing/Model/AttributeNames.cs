namespace ConnectionTracing.Model;

/// <summary>The names of attributes, events and tags that connection tracing writes and reads. README.md of the library says when each is present.</summary>
internal static class AttributeNames
{
    // Written to the request span. No semantic convention covers them, so they are outside of the namespaces that OpenTelemetry reserves,
    // https://opentelemetry.io/docs/specs/semconv/general/naming/. Times are in milliseconds.
    public const string ConnectionReused = "httpclient.connection.reused";
    public const string ConnectionInitiated = "httpclient.connection.initiated";
    public const string ConnectionAge = "httpclient.connection.age_ms";
    public const string ConnectionId = "httpclient.connection.id";
    public const string QueueDuration = "httpclient.queue_ms";
    public const string SendDuration = "httpclient.send_ms";
    public const string ContinueDuration = "httpclient.continue_ms";
    public const string WaitDuration = "httpclient.wait_ms";
    public const string SetupDuration = "httpclient.setup_ms";
    public const string DnsDuration = "httpclient.setup.dns_ms";
    public const string TcpDuration = "httpclient.setup.tcp_ms";
    public const string TunnelDuration = "httpclient.setup.tunnel_ms";
    public const string TlsDuration = "httpclient.setup.tls_ms";
    public const string OtherDuration = "httpclient.setup.other_ms";
    public const string FailedAttempts = "httpclient.setup.failed_attempts";
    public const string FailedPhase = "httpclient.setup.failed_phase";
    public const string SetupErrorType = "httpclient.setup.error_type";

    // Written to the event of a finding, https://opentelemetry.io/docs/specs/semconv/general/events/.
    public const string Finding = "httpclient.finding";
    public const string FindingCause = "httpclient.finding.cause";
    public const string FindingSummary = "httpclient.finding.summary";
    public const string FindingEvidence = "httpclient.finding.evidence";
    public const string FindingSuggestion = "httpclient.finding.suggestion";

    // Written to metrics only.
    public const string SetupPhaseName = "httpclient.setup.phase";

    // Read from the spans of System.Net, https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span.
    public const string ErrorType = "error.type";
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";
    public const string UrlScheme = "url.scheme";
    public const string UrlFull = "url.full";
    public const string DnsQuestionName = "dns.question.name";
    public const string PeerAddress = "network.peer.address";
    public const string PeerPort = "network.peer.port";
    public const string ProtocolVersion = "network.protocol.version";
    public const string RequestMethod = "http.request.method";
    public const string StatusCode = "http.response.status_code";

    /// <summary>The value of <c>error.type</c> when nothing more is known.</summary>
    public const string OtherError = "_OTHER";
}
