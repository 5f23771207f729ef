using System.Net;
using System.Text.RegularExpressions;

namespace ConnectionTracingDemo.Tests.Hosting;

/// <summary>A page as the server sent it.</summary>
internal sealed partial record Page(HttpStatusCode Status, string Html, TimeSpan Duration)
{
    /// <summary>The trace of the request that rendered the page, as the page itself tells it.</summary>
    public string TraceId => TraceIdPattern().Match(Html) is { Success: true } match
        ? match.Groups["id"].Value
        : throw new InvalidOperationException($"The page tells no trace id. It came with status {(int)Status}:{Environment.NewLine}{Html}");

    [GeneratedRegex("""class="trace-id"[^>]*>(?<id>[0-9a-f]{32})<""")]
    private static partial Regex TraceIdPattern();
}
