using Yarp.Telemetry.Consumption;

namespace ConnectionTracingDemo.Tests.TelemetryConsumption;

/// <summary>Counters, straight into a reader.</summary>
public sealed class CounterTests
{
    private readonly LogRecorder _log = new();
    private readonly Sets _sets = new();

    [Fact]
    public void A_set_is_handed_over_with_the_one_before_it()
    {
        var reader = Reader(_sets);

        Read(reader, lookups: 1, current: 0, milliseconds: 0);
        Read(reader, lookups: 2, current: 1, milliseconds: 1.5);
        Read(reader, lookups: 3, current: 0, milliseconds: 0);

        Assert.Equal([(1, 2), (2, 3)], _sets.Seen.Select(seen => ((int)seen.Previous.DnsLookupsRequested, (int)seen.Current.DnsLookupsRequested)));
        Assert.Equal(1, _sets.Seen[0].Current.CurrentDnsLookups);
        Assert.Equal(TimeSpan.FromMilliseconds(1.5), _sets.Seen[0].Current.AverageLookupDuration);
    }

    [Fact]
    public void A_counter_that_the_runtime_no_longer_has_holds_nothing_up()
    {
        var reader = Reader(_sets);

        for (var lookups = 1; lookups <= 4; lookups++)
        {
            reader.ReadCounter("dns-lookups-requested", lookups);
            reader.ReadCounter("unknown", lookups);
        }

        Assert.Equal([2, 3], _sets.Seen.Select(seen => (int)seen.Current.DnsLookupsRequested));
    }

    [Fact]
    public void A_consumer_that_throws_stops_nobody_else()
    {
        var reader = Reader(new Thrower(), _sets);

        Read(reader, 1, 0, 0);
        Read(reader, 2, 0, 0);
        Read(reader, 3, 0, 0);

        Assert.Equal(2, _sets.Seen.Count);
        Assert.Equal([$"Error: {typeof(Thrower).FullName} threw in OnMetrics; this is logged once. always"], _log.Messages);
    }

    private static void Read(NameResolutionEventReader reader, double lookups, double current, double milliseconds)
    {
        reader.ReadCounter("dns-lookups-requested", lookups);
        reader.ReadCounter("current-dns-lookups", current);
        reader.ReadCounter("dns-lookups-duration", milliseconds);
    }

    private NameResolutionEventReader Reader(params IMetricsConsumer<NameResolutionMetrics>[] consumers) => new([], consumers, new ConsumerGuard(_log));

    private sealed class Sets : IMetricsConsumer<NameResolutionMetrics>
    {
        public List<(NameResolutionMetrics Previous, NameResolutionMetrics Current)> Seen { get; } = [];

        public void OnMetrics(NameResolutionMetrics previous, NameResolutionMetrics current) => Seen.Add((previous, current));
    }

    private sealed class Thrower : IMetricsConsumer<NameResolutionMetrics>
    {
        public void OnMetrics(NameResolutionMetrics previous, NameResolutionMetrics current) => throw new InvalidOperationException("always");
    }
}
