using System;
using System.Collections.Generic;

namespace ConnectionTracing;

/// <summary>What <c>GET /connection-tracing</c> shows.</summary>
public sealed record ConnectionTracingReport
{
    /// <summary>Whether connection tracing is on.</summary>
    public bool Enabled { get; init; }

    /// <summary>When it switches itself off; null: it does not.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>As <see cref="ConnectionTracingOptions.RequestPhases"/>.</summary>
    public bool RequestPhases { get; init; }

    /// <summary>As <see cref="ConnectionTracingOptions.InlineSetup"/>.</summary>
    public bool InlineSetup { get; init; }

    /// <summary>As <see cref="ConnectionTracingOptions.Export"/>.</summary>
    public required string Export { get; init; }

    /// <summary>As <see cref="ConnectionTracingOptions.SlowSetup"/>, in milliseconds.</summary>
    public double SlowSetup { get; init; }

    /// <summary>As <see cref="ConnectionTracingOptions.MaxTrackedConnections"/>.</summary>
    public int MaxTrackedConnections { get; init; }

    /// <summary>How many connections are remembered.</summary>
    public int TrackedConnections { get; init; }

    /// <summary>The most recent of them, newest first.</summary>
    public required IReadOnlyList<TracedConnection> Connections { get; init; }

    /// <summary>The most recent requests, newest first.</summary>
    public required IReadOnlyList<TracedRequest> Requests { get; init; }

    /// <summary>What the diagnosis found lately, newest first.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }
}
