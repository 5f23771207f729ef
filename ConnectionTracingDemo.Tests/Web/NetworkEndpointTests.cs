using System.Diagnostics;
using System.Net;
using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.ConnectionTracing.Page;
using ConnectionTracingDemo.Tests.Standalone;
using ConnectionTracingDemo.Web;

namespace ConnectionTracingDemo.Tests.Web;

/// <summary>The endpoints of the Network page, and the page where it is not to be had.</summary>
public sealed class NetworkEndpointTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Outside_Development_the_page_says_why_it_is_empty_and_nothing_is_told()
    {
        await using var web = await BuiltProgram.StartAsync(BuiltProgram.Web, "environment=Production");
        using var visitor = new Visitor(web.Url);
        var page = await visitor.GetAsync("/network");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("it works in Development only", page.Html, StringComparison.Ordinal);
        Assert.Contains("ASPNETCORE_ENVIRONMENT=Development", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page.Html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync("/network/events")).Status);
    }

    [Fact]
    public async Task Without_a_dashboard_the_trace_id_stands_in_the_place_of_the_link_and_a_dead_service_is_said()
    {
        await using var api = await ScriptedService.StartAsync();
        var request = Sample.First("http://a.example/");
        api.Tell([request], [Sample.Connection("a.example")], [Sample.Finding("a.example")]);
        await using var web = await BuiltProgram.StartWebAsync(api.Url);
        using var visitor = new Visitor(web.Url);
        var page = await visitor.GetAsync("/network");

        Assert.Contains($"<code class=\"trace-id\" title=\"{request.TraceId}\">{request.TraceId}</code>", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("traces/detail", page.Html, StringComparison.Ordinal);
        Assert.Contains("a.example", page.Html, StringComparison.Ordinal);

        await api.DisposeAsync();
        page = await visitor.GetAsync("/network");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("apiservice cannot be reached. Is it running?", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_outside_Development_is_told_apart_from_one_that_is_down()
    {
        await using var api = await ScriptedService.StartAsync(isMapped: false);
        await using var web = await BuiltProgram.StartWebAsync(api.Url);
        using var visitor = new Visitor(web.Url);
        var page = await visitor.GetAsync("/network");

        Assert.Contains("apiservice has no /connection-tracing. It maps it in Development only", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_whose_report_lacks_something_does_not_take_the_page_from_the_others()
    {
        await using var api = await ScriptedService.StartAsync();
        api.Tell(Sample.Request("http://a.example/") with { Phases = null! });
        await using var web = await BuiltProgram.StartWebAsync(api.Url);
        using var visitor = new Visitor(web.Url);
        var page = await visitor.GetAsync("/network");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("What apiservice sends cannot be read; the log of this site says why.", page.Html, StringComparison.Ordinal);
        Assert.Contains("data-service=\"webfrontend\" data-mode=\"on\"", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_value_of_a_filter_filters_nothing()
    {
        await using var api = await ScriptedService.StartAsync();
        api.Tell(Sample.Request("http://a.example/"));
        await using var web = await BuiltProgram.StartWebAsync(api.Url);
        using var visitor = new Visitor(web.Url);
        foreach (var query in new[] { "failed=yes", "failed=1", "failed=", "slow=NaN", "slow=Infinity", "slow=1e999", "slow=much", "service=nobody", "host=" })
        {
            var page = await visitor.GetAsync($"/network?{query}");

            Assert.Equal((query, HttpStatusCode.OK), (query, page.Status));
            Assert.True(page.Html.Contains("1 of 1 requests", StringComparison.Ordinal), $"With {query} the page does not show its request.");
        }
    }

    [Fact]
    public async Task What_the_page_asks_a_service_that_is_down_does_not_fill_the_log()
    {
        await using var api = await ScriptedService.StartAsync();
        await using var web = await BuiltProgram.StartWebAsync(api.Url);
        using var visitor = new Visitor(web.Url);
        await visitor.GetAsync("/network");
        await api.DisposeAsync();
        await visitor.GetAsync("/network");
        await web.TerminateAsync();

        Assert.Contains("Application is shutting down", web.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(RemoteRequestSource.ClientPrefix, web.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_page_itself_switches()
    {
        await using var api = await ScriptedService.StartAsync();
        await using var web = await BuiltProgram.StartWebAsync(api.Url);
        using var client = new HttpClient();
        using var form = new FormUrlEncodedContent([new("service", "apiservice"), new("brief", "true")]);
        using var response = await client.PostAsync(new Uri(web.Url, "/network/tracing"), form);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(api.Command);
    }

    [Fact]
    public async Task A_stop_of_the_host_ends_the_streams_at_once()
    {
        await using var api = await ScriptedService.StartAsync();
        await using var web = await BuiltProgram.StartWebAsync(api.Url);
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(web.Url, "/network/events"), HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        Assert.True(await stream.ReadAsync(new byte[100]).AsTask().WaitAsync(Patience) > 0);

        var clock = Stopwatch.StartNew();
        var exitCode = await web.TerminateAsync();

        Assert.Equal(0, exitCode);
        // The host would wait 30 s for a request that does not end.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(25));
        Assert.DoesNotContain("Exception", web.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_allows_no_scripts_but_its_own()
    {
        await using var web = await BuiltProgram.StartAsync(BuiltProgram.Web);
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(web.Url, "/network"));

        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'self'; ", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }
}
