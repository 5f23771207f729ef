namespace Yarp.Telemetry.Consumption;

/// <summary><c>System.Net.Http</c>: HttpClient and SocketsHttpHandler.</summary>
internal sealed class HttpEventReader(
    IEnumerable<IHttpTelemetryConsumer> consumers, IEnumerable<IMetricsConsumer<HttpMetrics>> metricsConsumers, ConsumerGuard guard)
    : EventSourceReader<IHttpTelemetryConsumer, HttpMetrics>(consumers, metricsConsumers, guard)
{
    public override string SourceName => "System.Net.Http";

    protected override IReadOnlyDictionary<string, Action<HttpMetrics, double>> Counters { get; } = new Dictionary<string, Action<HttpMetrics, double>>
    {
        ["requests-started"] = (metrics, value) => metrics.RequestsStarted = (long)value,
        ["requests-started-rate"] = (metrics, value) => metrics.RequestsStartedRate = (long)value,
        ["requests-failed"] = (metrics, value) => metrics.RequestsFailed = (long)value,
        ["requests-failed-rate"] = (metrics, value) => metrics.RequestsFailedRate = (long)value,
        ["current-requests"] = (metrics, value) => metrics.CurrentRequests = (long)value,
        ["http11-connections-current-total"] = (metrics, value) => metrics.CurrentHttp11Connections = (long)value,
        ["http20-connections-current-total"] = (metrics, value) => metrics.CurrentHttp20Connections = (long)value,
        ["http30-connections-current-total"] = (metrics, value) => metrics.CurrentHttp30Connections = (long)value,
        ["http11-requests-queue-duration"] = (metrics, value) => metrics.Http11RequestsQueueDuration = TimeSpan.FromMilliseconds(value),
        ["http20-requests-queue-duration"] = (metrics, value) => metrics.Http20RequestsQueueDuration = TimeSpan.FromMilliseconds(value),
        ["http30-requests-queue-duration"] = (metrics, value) => metrics.Http30RequestsQueueDuration = TimeSpan.FromMilliseconds(value),
    };

    protected override bool TryRead(TelemetryEvent e) => e.Name switch
    {
        "RequestStart" => e.Payload is [string scheme, string host, int port, string pathAndQuery, byte major, byte minor, int policy, ..]
            && Tell(e, (scheme, host, port, pathAndQuery, major, minor, policy), static (consumer, time, a) =>
                consumer.OnRequestStart(time, a.scheme, a.host, a.port, a.pathAndQuery, a.major, a.minor, (HttpVersionPolicy)a.policy)),
        "RequestStop" => e.Payload is [int status, ..]
            && Tell(e, status, static (consumer, time, status) => consumer.OnRequestStop(time, status)),
        "RequestFailed" => e.Payload is [string message, ..]
            && Tell(e, message, static (consumer, time, message) => consumer.OnRequestFailed(time, message)),
        "ConnectionEstablished" => e.Payload is [byte major, byte minor, long id, string scheme, string host, int port, var remote, ..]
            && Tell(e, (major, minor, id, scheme, host, port, remote), static (consumer, time, a) =>
                consumer.OnConnectionEstablished(time, a.major, a.minor, a.id, a.scheme, a.host, a.port, a.remote as string)),
        "ConnectionClosed" => e.Payload is [byte major, byte minor, long id, ..]
            && Tell(e, (major, minor, id), static (consumer, time, a) => consumer.OnConnectionClosed(time, a.major, a.minor, a.id)),
        "RequestLeftQueue" => e.Payload is [double milliseconds, byte major, byte minor, ..]
            && Tell(e, (milliseconds, major, minor), static (consumer, time, a) =>
                consumer.OnRequestLeftQueue(time, TimeSpan.FromMilliseconds(a.milliseconds), a.major, a.minor)),
        "RequestHeadersStart" => e.Payload is [long id, ..]
            && Tell(e, id, static (consumer, time, id) => consumer.OnRequestHeadersStart(time, id)),
        "RequestHeadersStop" => Tell(e, static (consumer, time) => consumer.OnRequestHeadersStop(time)),
        "RequestContentStart" => Tell(e, static (consumer, time) => consumer.OnRequestContentStart(time)),
        "RequestContentStop" => e.Payload is [long length, ..]
            && Tell(e, length, static (consumer, time, length) => consumer.OnRequestContentStop(time, length)),
        "ResponseHeadersStart" => Tell(e, static (consumer, time) => consumer.OnResponseHeadersStart(time)),
        "ResponseHeadersStop" => e.Payload is [int status, ..]
            && Tell(e, status, static (consumer, time, status) => consumer.OnResponseHeadersStop(time, status)),
        "ResponseContentStart" => Tell(e, static (consumer, time) => consumer.OnResponseContentStart(time)),
        "ResponseContentStop" => Tell(e, static (consumer, time) => consumer.OnResponseContentStop(time)),
        "Redirect" => e.Payload is [string uri, ..]
            && Tell(e, uri, static (consumer, time, uri) => consumer.OnRedirect(time, uri)),
        _ => true,
    };
}
