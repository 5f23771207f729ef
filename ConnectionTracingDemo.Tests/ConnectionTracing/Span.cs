using System.Diagnostics;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>A span as an exporter saw it at that moment; what is written to the activity later does not count.</summary>
internal sealed record Span(
    string Name,
    string Source,
    ActivityTraceId TraceId,
    ActivitySpanId Id,
    ActivitySpanId ParentId,
    DateTime Start,
    TimeSpan Duration,
    ActivityStatusCode Status,
    IReadOnlyDictionary<string, object?> Tags,
    IReadOnlyList<ActivitySpanId> Links,
    IReadOnlyList<ActivityEvent> Events)
{
    public static Span Of(Activity activity) => new(
        activity.DisplayName,
        activity.Source.Name,
        activity.TraceId,
        activity.SpanId,
        activity.ParentSpanId,
        activity.StartTimeUtc,
        activity.Duration,
        activity.Status,
        activity.TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value),
        [.. activity.Links.Select(link => link.Context.SpanId)],
        [.. activity.Events]);

    public bool Has(string key) => Tags.ContainsKey(key);

    /// <summary>A duration; fails where there is none.</summary>
    public double Ms(string key) => Assert.IsType<double>(Tags[key]);

    public bool Is(string key) => Assert.IsType<bool>(Tags[key]);

    public override string ToString() => $"{Name} [{string.Join(", ", Tags.Select(tag => $"{tag.Key}={tag.Value}"))}]";
}
