namespace Yarp.Telemetry.Consumption;

/// <summary><c>Microsoft-AspNetCore-Server-Kestrel</c>.</summary>
internal sealed class KestrelEventReader(
    IEnumerable<IKestrelTelemetryConsumer> consumers, IEnumerable<IMetricsConsumer<KestrelMetrics>> metricsConsumers, ConsumerGuard guard)
    : EventSourceReader<IKestrelTelemetryConsumer, KestrelMetrics>(consumers, metricsConsumers, guard)
{
    public override string SourceName => "Microsoft-AspNetCore-Server-Kestrel";

    protected override IReadOnlyDictionary<string, Action<KestrelMetrics, double>> Counters { get; } = new Dictionary<string, Action<KestrelMetrics, double>>
    {
        ["connections-per-second"] = (metrics, value) => metrics.ConnectionRate = (long)value,
        ["total-connections"] = (metrics, value) => metrics.TotalConnections = (long)value,
        ["tls-handshakes-per-second"] = (metrics, value) => metrics.TlsHandshakeRate = (long)value,
        ["total-tls-handshakes"] = (metrics, value) => metrics.TotalTlsHandshakes = (long)value,
        ["current-tls-handshakes"] = (metrics, value) => metrics.CurrentTlsHandshakes = (long)value,
        ["failed-tls-handshakes"] = (metrics, value) => metrics.FailedTlsHandshakes = (long)value,
        ["current-connections"] = (metrics, value) => metrics.CurrentConnections = (long)value,
        ["connection-queue-length"] = (metrics, value) => metrics.ConnectionQueueLength = (long)value,
        ["request-queue-length"] = (metrics, value) => metrics.RequestQueueLength = (long)value,
        ["current-upgraded-requests"] = (metrics, value) => metrics.CurrentUpgradedRequests = (long)value,
    };

    protected override bool TryRead(TelemetryEvent e) => e.Name switch
    {
        "ConnectionStart" => e.Payload is [string id, var local, var remote, ..]
            && Tell(e, (id, local, remote), static (consumer, time, a) => consumer.OnConnectionStart(time, a.id, a.local as string, a.remote as string)),
        "ConnectionStop" => e.Payload is [string id, ..]
            && Tell(e, id, static (consumer, time, id) => consumer.OnConnectionStop(time, id)),
        "RequestStart" => e.Payload is [string id, string request, string version, string path, string method, ..]
            && Tell(e, (id, request, version, path, method), static (consumer, time, a) =>
                consumer.OnRequestStart(time, a.id, a.request, a.version, a.path, a.method)),
        "RequestStop" => e.Payload is [string id, string request, string version, string path, string method, ..]
            && Tell(e, (id, request, version, path, method), static (consumer, time, a) =>
                consumer.OnRequestStop(time, a.id, a.request, a.version, a.path, a.method)),
        _ => true,
    };
}
