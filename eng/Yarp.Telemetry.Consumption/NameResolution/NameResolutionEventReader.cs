namespace Yarp.Telemetry.Consumption;

/// <summary><c>System.Net.NameResolution</c>: Dns.</summary>
internal sealed class NameResolutionEventReader(
    IEnumerable<INameResolutionTelemetryConsumer> consumers, IEnumerable<IMetricsConsumer<NameResolutionMetrics>> metricsConsumers, ConsumerGuard guard)
    : EventSourceReader<INameResolutionTelemetryConsumer, NameResolutionMetrics>(consumers, metricsConsumers, guard)
{
    public override string SourceName => "System.Net.NameResolution";

    protected override IReadOnlyDictionary<string, Action<NameResolutionMetrics, double>> Counters { get; } = new Dictionary<string, Action<NameResolutionMetrics, double>>
    {
        ["dns-lookups-requested"] = (metrics, value) => metrics.DnsLookupsRequested = (long)value,
        ["dns-lookups-duration"] = (metrics, value) => metrics.AverageLookupDuration = TimeSpan.FromMilliseconds(value),
        ["current-dns-lookups"] = (metrics, value) => metrics.CurrentDnsLookups = (long)value,
    };

    protected override bool TryRead(TelemetryEvent e) => e.Name switch
    {
        "ResolutionStart" => e.Payload is [string name, ..]
            && Tell(e, name, static (consumer, time, name) => consumer.OnResolutionStart(time, name)),
        "ResolutionStop" => Tell(e, static (consumer, time) => consumer.OnResolutionStop(time)),
        "ResolutionFailed" => Tell(e, static (consumer, time) => consumer.OnResolutionFailed(time)),
        _ => true,
    };
}
