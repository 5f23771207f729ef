using System;

namespace ConnectionTracing;

/// <summary>What the diagnosis found: a cause, why it is sure, and what to try. Once per host and cause in a while, not once per request.</summary>
public sealed record Finding
{
    /// <summary>One of <see cref="FindingCause"/>.</summary>
    public required string Cause { get; init; }

    /// <summary>As in <c>server.address</c>.</summary>
    public string? Host { get; init; }

    /// <summary>As in <c>server.port</c>.</summary>
    public int? Port { get; init; }

    /// <summary>One sentence: what is wrong.</summary>
    public required string Summary { get; init; }

    /// <summary>The figures that make it sure.</summary>
    public required string Evidence { get; init; }

    /// <summary>What to change; it names the setting where there is one.</summary>
    public required string Suggestion { get; init; }

    /// <summary>The trace of the request that shows it.</summary>
    public required string TraceId { get; init; }

    /// <summary>That request's span.</summary>
    public required string SpanId { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset FoundAt { get; init; }
}
