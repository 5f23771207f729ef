using System;

namespace ConnectionTracing.Runtime;

/// <summary>What a host wants to know about connections.</summary>
/// <param name="RequestPhases">When requests are sent and answered.</param>
/// <param name="WaitsExported">It exports <c>HTTP wait_for_connection</c>.</param>
/// <param name="RequestData">It has no tracer provider that would record requests, and wants to know of them all the same.</param>
/// <param name="WatchThreadPool">When the process itself was late.</param>
/// <param name="MaxTrackedConnections">How many connections are remembered.</param>
internal sealed record TracingSettings(bool RequestPhases, bool WaitsExported, bool RequestData, bool WatchThreadPool, int MaxTrackedConnections)
{
    /// <summary>What satisfies both.</summary>
    public TracingSettings And(TracingSettings other) =>
        new(
            RequestPhases || other.RequestPhases,
            WaitsExported || other.WaitsExported,
            RequestData || other.RequestData,
            WatchThreadPool || other.WatchThreadPool,
            Math.Max(MaxTrackedConnections, other.MaxTrackedConnections));
}
