namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>What a host wants to know about its connections.</summary>
internal sealed record TrackerSettings(bool RequestPhases, bool InlineSetup, int MaxTrackedConnections)
{
    /// <summary>What satisfies both.</summary>
    public TrackerSettings And(TrackerSettings other) => new(
        RequestPhases || other.RequestPhases,
        InlineSetup || other.InlineSetup,
        Math.Max(MaxTrackedConnections, other.MaxTrackedConnections));
}
