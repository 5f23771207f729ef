using System.Security.Authentication;

namespace Yarp.Telemetry.Consumption;

/// <summary><c>System.Net.Security</c>: SslStream.</summary>
internal sealed class NetSecurityEventReader(
    IEnumerable<INetSecurityTelemetryConsumer> consumers, IEnumerable<IMetricsConsumer<NetSecurityMetrics>> metricsConsumers, ConsumerGuard guard)
    : EventSourceReader<INetSecurityTelemetryConsumer, NetSecurityMetrics>(consumers, metricsConsumers, guard)
{
    public override string SourceName => "System.Net.Security";

    protected override IReadOnlyDictionary<string, Action<NetSecurityMetrics, double>> Counters { get; } = new Dictionary<string, Action<NetSecurityMetrics, double>>
    {
        ["tls-handshake-rate"] = (metrics, value) => metrics.TlsHandshakeRate = (long)value,
        ["total-tls-handshakes"] = (metrics, value) => metrics.TotalTlsHandshakes = (long)value,
        ["current-tls-handshakes"] = (metrics, value) => metrics.CurrentTlsHandshakes = (long)value,
        ["failed-tls-handshakes"] = (metrics, value) => metrics.FailedTlsHandshakes = (long)value,
        ["all-tls-sessions-open"] = (metrics, value) => metrics.TlsSessionsOpen = (long)value,
        ["tls10-sessions-open"] = (metrics, value) => metrics.Tls10SessionsOpen = (long)value,
        ["tls11-sessions-open"] = (metrics, value) => metrics.Tls11SessionsOpen = (long)value,
        ["tls12-sessions-open"] = (metrics, value) => metrics.Tls12SessionsOpen = (long)value,
        ["tls13-sessions-open"] = (metrics, value) => metrics.Tls13SessionsOpen = (long)value,
        ["all-tls-handshake-duration"] = (metrics, value) => metrics.TlsHandshakeDuration = TimeSpan.FromMilliseconds(value),
        ["tls10-handshake-duration"] = (metrics, value) => metrics.Tls10HandshakeDuration = TimeSpan.FromMilliseconds(value),
        ["tls11-handshake-duration"] = (metrics, value) => metrics.Tls11HandshakeDuration = TimeSpan.FromMilliseconds(value),
        ["tls12-handshake-duration"] = (metrics, value) => metrics.Tls12HandshakeDuration = TimeSpan.FromMilliseconds(value),
        ["tls13-handshake-duration"] = (metrics, value) => metrics.Tls13HandshakeDuration = TimeSpan.FromMilliseconds(value),
    };

    protected override bool TryRead(TelemetryEvent e) => e.Name switch
    {
        "HandshakeStart" => e.Payload is [bool isServer, string targetHost, ..]
            && Tell(e, (isServer, targetHost), static (consumer, time, a) => consumer.OnHandshakeStart(time, a.isServer, a.targetHost)),
        "HandshakeStop" => e.Payload is [int protocol, ..]
            && Tell(e, protocol, static (consumer, time, protocol) => consumer.OnHandshakeStop(time, (SslProtocols)protocol)),
        "HandshakeFailed" => e.Payload is [bool isServer, double milliseconds, string message, ..]
            && Tell(e, (isServer, milliseconds, message), static (consumer, time, a) =>
                consumer.OnHandshakeFailed(time, a.isServer, TimeSpan.FromMilliseconds(a.milliseconds), a.message)),
        _ => true,
    };
}
