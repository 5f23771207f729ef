using System;
using System.Collections.Generic;

namespace ConnectionTracing;

/// <summary>What happened since the update before. One of these is one message of <c>/connection-tracing/events</c>.</summary>
public sealed record ConnectionTracingUpdate
{
    /// <summary>Where to go on after this one; the id of the message.</summary>
    public long Position { get; init; }

    /// <summary>Whether connection tracing is on.</summary>
    public bool Enabled { get; init; }

    /// <summary>When it switches itself off; null: it does not.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>As <see cref="ConnectionTracingOptions.RequestPhases"/>.</summary>
    public bool RequestPhases { get; init; }

    /// <summary>How many requests were forgotten before this reader came to see them.</summary>
    public long Missed { get; init; }

    /// <summary>Requests that ended, oldest first. One that comes again (same span) has learned more: its body has been read.</summary>
    public required IReadOnlyList<TracedRequest> Requests { get; init; }

    /// <summary>Connections that are new, served requests, or have been closed.</summary>
    public required IReadOnlyList<TracedConnection> Connections { get; init; }

    /// <summary>What the diagnosis found, oldest first.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }
}
