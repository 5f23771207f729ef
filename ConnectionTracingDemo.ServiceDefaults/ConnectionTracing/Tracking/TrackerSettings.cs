namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>What a host wants to know about its connections.</summary>
internal sealed record TrackerSettings(bool RequestPhases, bool InlineSetup, bool ServedRequests, int MaxTrackedConnections)
{
    /// <summary>What satisfies both.</summary>
    public TrackerSettings And(TrackerSettings other) => new(
        RequestPhases || other.RequestPhases,
        InlineSetup || other.InlineSetup,
        ServedRequests || other.ServedRequests,
        Math.Max(MaxTrackedConnections, other.MaxTrackedConnections));
}
