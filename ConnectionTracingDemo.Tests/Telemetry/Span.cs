using System.Diagnostics;

namespace ConnectionTracingDemo.Tests.Telemetry;

/// <summary>A span as the dashboard received it.</summary>
internal sealed record Span
{
    /// <summary>The service that sent it.</summary>
    public required string Service { get; init; }

    /// <summary>The activity source it comes from.</summary>
    public required string Source { get; init; }

    public required string TraceId { get; init; }

    public required string SpanId { get; init; }

    /// <summary>Null for the root of a trace.</summary>
    public required string? ParentSpanId { get; init; }

    public required string Name { get; init; }

    public required ActivityKind Kind { get; init; }

    public required ActivityStatusCode Status { get; init; }

    public required DateTimeOffset Start { get; init; }

    public required DateTimeOffset End { get; init; }

    /// <summary>All values are text: the dashboard does not keep their types.</summary>
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    public required IReadOnlyList<SpanLink> Links { get; init; }

    /// <summary>The value of an attribute, or null where the span has no such attribute.</summary>
    public string? this[string attribute] => Attributes.GetValueOrDefault(attribute);

    public bool IsChildOf(Span parent) => TraceId == parent.TraceId && ParentSpanId == parent.SpanId;

    public override string ToString() =>
        $"{Service}: {Name} ({Kind}, trace {TraceId}, span {SpanId}, parent {ParentSpanId ?? "none"}) " +
        string.Join(", ", Attributes.Select(attribute => $"{attribute.Key}={attribute.Value}"));
}
