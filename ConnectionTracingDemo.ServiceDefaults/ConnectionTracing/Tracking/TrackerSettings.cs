namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>What a host wants to know about its connections.</summary>
/// <param name="WaitsExported">Somebody exports <c>HTTP wait_for_connection</c>.</param>
internal sealed record TrackerSettings(bool RequestPhases, bool InlineSetup, bool WaitsExported, bool ServedRequests, int MaxTrackedConnections)
{
    /// <summary>What satisfies both.</summary>
    public TrackerSettings And(TrackerSettings other) => new(
        RequestPhases || other.RequestPhases,
        InlineSetup || other.InlineSetup,
        WaitsExported || other.WaitsExported,
        ServedRequests || other.ServedRequests,
        Math.Max(MaxTrackedConnections, other.MaxTrackedConnections));
}
