namespace ConnectionTracingDemo.Tests.Telemetry;

/// <summary>Points from one span to another, of the same trace or not.</summary>
internal sealed record SpanLink(string TraceId, string SpanId)
{
    public static SpanLink To(Span span) => new(span.TraceId, span.SpanId);
}
