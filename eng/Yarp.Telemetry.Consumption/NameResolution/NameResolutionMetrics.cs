namespace Yarp.Telemetry.Consumption;

/// <summary>The counters of <c>System.Net.NameResolution</c>.</summary>
public sealed class NameResolutionMetrics
{
    /// <summary>An empty set, as of now.</summary>
    public NameResolutionMetrics() => Timestamp = DateTime.UtcNow;

    /// <summary>When the first of these counters was read, in UTC.</summary>
    public DateTime Timestamp { get; internal set; }

    /// <summary>DNS lookups since the process started.</summary>
    public long DnsLookupsRequested { get; internal set; }

    /// <summary>Average time of a lookup.</summary>
    public TimeSpan AverageLookupDuration { get; internal set; }

    /// <summary>Lookups that have started and not ended.</summary>
    public long CurrentDnsLookups { get; internal set; }
}
