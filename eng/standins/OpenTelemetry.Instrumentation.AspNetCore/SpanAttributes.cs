namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>
/// The attributes of a server span, https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span.
/// </summary>
internal static class SpanAttributes
{
    public const string ErrorType = "error.type";
    public const string HttpRequestMethod = "http.request.method";
    public const string HttpRequestMethodOriginal = "http.request.method_original";
    public const string HttpResponseStatusCode = "http.response.status_code";
    public const string HttpRoute = "http.route";
    public const string NetworkProtocolVersion = "network.protocol.version";
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";
    public const string UrlPath = "url.path";
    public const string UrlQuery = "url.query";
    public const string UrlScheme = "url.scheme";
    public const string UserAgentOriginal = "user_agent.original";
}
