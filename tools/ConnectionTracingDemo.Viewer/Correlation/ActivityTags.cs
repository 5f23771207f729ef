namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>What activities say about themselves.</summary>
internal static class ActivityTags
{
    // Of the runtime, https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span.
    public const string Method = "http.request.method";
    public const string Status = "http.response.status_code";
    public const string Address = "server.address";
    public const string Port = "server.port";
    public const string Url = "url.full";
    public const string HttpVersion = "network.protocol.version";
    public const string PeerAddress = "network.peer.address";
    public const string Error = "error.type";

    // Of processes with connection tracing, see ConnectionTracingDemo.ServiceDefaults/ConnectionTracing/README.md.
    public const string Reused = "http.client.connection.reused";
    public const string Send = "http.client.request.send.duration";
    public const string Wait = "http.client.response.wait.duration";
    public const string Dns = "network.setup.dns.duration";
    public const string Tcp = "network.setup.tcp_connect.duration";
    public const string Tls = "network.setup.tls_handshake.duration";
}
