using System.Diagnostics;
using System.Net;
using ConnectionTracingDemo.Tests.Hosting;

namespace ConnectionTracingDemo.Tests.EndToEnd;

/// <summary>The site while the API does not answer.</summary>
[Collection(SharedDemo.Name)]
public sealed class ApiDownTests(DemoApplication demo) : IClassFixture<StoppedApi>
{
    // WeatherApi:MaxWait is 5 s by default; the rest is for a busy machine. The standard resilience handler alone would take 30 s.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task The_weather_page_says_so_in_time_and_is_whole()
    {
        var page = await demo.Visitor.GetNewWeatherAsync();

        AssertSaysSo(page);
        Assert.InRange(page.Duration, TimeSpan.Zero, LongestWait);
    }

    [Theory]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/health", HttpStatusCode.OK)]
    [InlineData("/no-such-page", HttpStatusCode.NotFound)]
    public async Task The_rest_of_the_site_works(string address, HttpStatusCode status)
    {
        var page = await demo.Visitor.GetAsync(address);

        Assert.Equal(status, page.Status);
    }

    [Fact]
    public async Task The_trace_shows_what_failed()
    {
        var page = await demo.Visitor.GetNewWeatherAsync();

        var (answer, request, wait) = await demo.Telemetry.WaitForSpansAsync($"trace {page.TraceId} with a failed request to the API", spans =>
        {
            var trace = spans.Where(span => span.TraceId == page.TraceId).ToList();
            var answer = trace.Find(span => span.Kind == ActivityKind.Server);
            var request = trace.Find(span => span.Kind == ActivityKind.Client);
            var wait = trace.Find(span => span.Name.StartsWith("HTTP wait_for_connection", StringComparison.Ordinal));
            return answer is null || request is null || wait is null ? null : Tuple.Create(answer, request, wait);
        });

        // No error.type: OpenTelemetry.Instrumentation.AspNetCore writes it for exceptions only.
        Assert.Equal(("503", ActivityStatusCode.Error), (answer["http.response.status_code"], answer.Status));
        Assert.True(request.IsChildOf(answer), $"Not below the page: {request}");
        Assert.True(wait.IsChildOf(request), $"Not below the request: {wait}");
        foreach (var span in new[] { request, wait })
        {
            Assert.False(string.IsNullOrEmpty(span["error.type"]), $"No error.type: {span}");
            Assert.Equal(ActivityStatusCode.Error, span.Status);
        }
    }

    // Blazor takes a cancelled OnInitializedAsync for a finished one: it renders the page without what it asked for, and with status 200.
    [Fact]
    public async Task A_visitor_who_leaves_early_leaves_no_empty_page_in_the_cache()
    {
        var address = demo.Visitor.NewWeatherAddress();
        var traceId = ActivityTraceId.CreateRandom();

        Assert.True(await demo.Visitor.LeaveEarlyAsync(address, traceId, TimeSpan.FromSeconds(1)), "The page came before the visitor could leave.");

        // One visitor comes at once, one when the server is known to be through with the one who left.
        var next = demo.Visitor.GetAsync(address);
        var left = await demo.Telemetry.WaitForSpanAsync("the server span of the visitor who left", span => span.TraceId == traceId.ToString() && span.Kind == ActivityKind.Server);
        var later = demo.Visitor.GetAsync(address);

        AssertSaysSo(await next);
        AssertSaysSo(await later);
        Assert.Equal("499", left["http.response.status_code"]);
    }

    private static void AssertSaysSo(Page page)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Contains("<h1>No weather right now</h1>", page.Html, StringComparison.Ordinal);
        Assert.Contains("role=\"alert\"", page.Html, StringComparison.Ordinal);
        Assert.EndsWith("</html>", page.Html.TrimEnd(), StringComparison.Ordinal);
    }
}
