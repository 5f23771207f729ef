using System.Diagnostics;
using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Telemetry;

namespace ConnectionTracingDemo.Tests.EndToEnd;

/// <summary>The trace of one visit of the Weather page.</summary>
internal sealed record WeatherTrace
{
    /// <summary>The Web project's answer to the visitor.</summary>
    public required Span Page { get; init; }

    /// <summary>The Web project's request to the API.</summary>
    public required Span Request { get; init; }

    /// <summary>The API's answer to it.</summary>
    public required Span Answer { get; init; }

    /// <summary>Everything in the trace.</summary>
    public required IReadOnlyList<Span> Spans { get; init; }

    /// <summary>The times that the request had to wait for a connection; none if one was free.</summary>
    public IEnumerable<Span> Waits => Spans.Where(span => span.Name.StartsWith("HTTP wait_for_connection", StringComparison.Ordinal));

    /// <returns>Null as long as the trace is not complete. A span ends, and is sent, before its parent.</returns>
    public static WeatherTrace? Find(IEnumerable<Span> spans, string traceId)
    {
        var trace = spans.Where(span => span.TraceId == traceId).ToList();
        var page = trace.Find(span => span is { Service: DemoApplication.Web, Kind: ActivityKind.Server });
        var request = trace.Find(span => span is { Service: DemoApplication.Web, Kind: ActivityKind.Client });
        var answer = trace.Find(span => span is { Service: DemoApplication.Api, Kind: ActivityKind.Server });

        return page is null || request is null || answer is null
            ? null
            : new WeatherTrace { Page = page, Request = request, Answer = answer, Spans = trace };
    }
}
