using System.Net.Sockets;

namespace Yarp.Telemetry.Consumption;

/// <summary><c>System.Net.Sockets</c>.</summary>
internal sealed class SocketsEventReader(
    IEnumerable<ISocketsTelemetryConsumer> consumers, IEnumerable<IMetricsConsumer<SocketsMetrics>> metricsConsumers, ConsumerGuard guard)
    : EventSourceReader<ISocketsTelemetryConsumer, SocketsMetrics>(consumers, metricsConsumers, guard)
{
    public override string SourceName => "System.Net.Sockets";

    protected override IReadOnlyDictionary<string, Action<SocketsMetrics, double>> Counters { get; } = new Dictionary<string, Action<SocketsMetrics, double>>
    {
        ["outgoing-connections-established"] = (metrics, value) => metrics.OutgoingConnectionsEstablished = (long)value,
        ["incoming-connections-established"] = (metrics, value) => metrics.IncomingConnectionsEstablished = (long)value,
        ["bytes-received"] = (metrics, value) => metrics.BytesReceived = (long)value,
        ["bytes-sent"] = (metrics, value) => metrics.BytesSent = (long)value,
        ["datagrams-received"] = (metrics, value) => metrics.DatagramsReceived = (long)value,
        ["datagrams-sent"] = (metrics, value) => metrics.DatagramsSent = (long)value,
        ["current-outgoing-connect-attempts"] = (metrics, value) => metrics.CurrentOutgoingConnectAttempts = (long)value,
    };

    protected override bool TryRead(TelemetryEvent e) => e.Name switch
    {
        "ConnectStart" => e.Payload is [string address, ..]
            && Tell(e, address, static (consumer, time, address) => consumer.OnConnectStart(time, address)),
        "ConnectStop" => Tell(e, static (consumer, time) => consumer.OnConnectStop(time)),
        "ConnectFailed" => e.Payload is [int error, string message, ..]
            && Tell(e, (error, message), static (consumer, time, a) => consumer.OnConnectFailed(time, (SocketError)a.error, a.message)),
        _ => true,
    };
}
