using ConnectionTracing;
using ConnectionTracingDemo.Tests.EndToEnd;
using ConnectionTracingDemo.Tests.Hosting;
using Microsoft.Playwright;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>The library's page in the demo, with the requests of both services.</summary>
[Collection(SharedDemo.Name)]
public sealed class DemoPageTests(DemoApplication demo, BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [BrowserFact]
    public async Task Row_leads_to_its_trace_and_the_page_leaves_none_of_its_own()
    {
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator(".service[data-mode=on]")).ToHaveCountAsync(2);

        var weather = await demo.Visitor.GetNewWeatherAsync();
        await page.GetByLabel("Filter by").FillAsync(weather.TraceId.ToString());
        var row = ScriptedPage.Rows(page);
        await Assertions.Expect(row).ToHaveCountAsync(1);
        await Assertions.Expect(row).ToContainTextAsync("/weatherforecast");
        await Assertions.Expect(row.Locator(".cell-service")).ToHaveTextAsync(DemoApplication.Web);
        await Assertions.Expect(row.Locator(".cell-status")).ToHaveTextAsync("200");
        await row.ClickAsync();
        await Assertions.Expect(ScriptedPage.Details(page)).ToContainTextAsync("1.3");
        await page.GetByLabel("Filter by").FillAsync("connection-tracing");
        await Assertions.Expect(row).ToHaveCountAsync(0);
        await page.GetByLabel("Filter by").FillAsync(weather.TraceId.ToString());

        var link = new Uri((await row.GetByRole(AriaRole.Link).GetAttributeAsync("href"))!);
        Assert.Equal(new Uri(demo.DashboardUrl, $"/traces/detail/{weather.TraceId}"), link);
        await demo.Telemetry.WaitForSpansAsync($"trace {weather.TraceId} of the page", spans => WeatherTrace.Find(spans, weather.TraceId));

        // Leaving ends the streams. What they left would be exported before the next trace of both services.
        await page.GotoAsync(link.AbsoluteUri);
        await DashboardTests.LogInAsync(page);
        await Assertions.Expect(page.GetByText("webfrontend: GET /weather").First).ToBeVisibleAsync();
        var later = await demo.Visitor.GetNewWeatherAsync();
        await demo.Telemetry.WaitForSpansAsync($"trace {later.TraceId} of the page", spans => WeatherTrace.Find(spans, later.TraceId));
        Assert.DoesNotContain(await demo.Telemetry.GetSpansAsync(), span =>
            $"{span.Name} {span["url.path"]} {span["url.full"]}".Contains("/connection-tracing", StringComparison.Ordinal));
    }

    [BrowserFact]
    public async Task Page_shows_what_is_slow_and_what_fails_in_every_view()
    {
        // No requests of other tests in the pictures.
        await demo.RestartAsync(DemoApplication.Web);
        await demo.Visitor.GetNewWeatherAsync();
        await demo.Visitor.GetNewWeatherAsync();
        await RunAsync("refused-port");
        await RunAsync("dead-first-address");
        await RunAsync("small-pool");
        await demo.Visitor.GetNewWeatherAsync();
        foreach (var (width, colorScheme) in SiteTests.Views.Select(view => view.Data))
        {
            var page = await OpenAsync(width, colorScheme);
            await Assertions.Expect(ScriptedPage.Rows(page).Filter(new() { HasText = "/weatherforecast" }).Last).ToBeVisibleAsync();
            await Assertions.Expect(page.Locator(".finding-source").Filter(new() { HasText = FindingCause.ConnectionRefused })).ToHaveCountAsync(1);
            await Assertions.Expect(page.Locator(".finding-source").Filter(new() { HasText = FindingCause.FirstAddressFails })).ToHaveCountAsync(1);
            await Assertions.Expect(page.Locator(".finding-source").Filter(new() { HasText = FindingCause.PoolSaturated })).ToHaveCountAsync(1);
            await SiteTests.AssertFitsAsync(page);
            await Screenshots.SaveAsync(page, SiteTests.Name("network", width, colorScheme));
            // The number of streams is limited.
            await page.Context.CloseAsync();
        }
    }

    [BrowserTheory]
    [InlineData("small-pool", 2)]
    [InlineData("connection-churn", 12)]
    [InlineData("stream-limit", 1)]
    public async Task Lanes_show_the_connections_of_a_fault(string scenario, int connections)
    {
        foreach (var (width, colorScheme) in SiteTests.Views.Select(view => view.Data))
        {
            var page = await OpenAsync(width, colorScheme);
            await ScriptedPage.Button(page, "Clear").ClickAsync();
            await ScriptedPage.View(page, "Connections").CheckAsync();
            await RunAsync(scenario);

            // Those of the requests to apiservice, which starts the faulty server and ends it, are at localhost. The run closes its own.
            await Assertions.Expect(page.Locator(".lane").Filter(new() { HasText = "127.0.0.1" }).Filter(new() { HasText = "closed after" })).ToHaveCountAsync(connections);
            await Assertions.Expect(page.Locator(".lane").Filter(new() { HasText = "localhost" }).First).ToBeVisibleAsync();
            await SiteTests.AssertFitsAsync(page);

            // A run ends with the request that ends its server: once that is there, the picture has all of them.
            await ScriptedPage.View(page, "Waterfall").CheckAsync();
            await Assertions.Expect(ScriptedPage.Rows(page).Filter(new() { HasText = "DELETE" }).Last).ToBeVisibleAsync();
            await ScriptedPage.View(page, "Connections").CheckAsync();
            await Screenshots.SaveAsync(page, SiteTests.Name($"network-lanes-{scenario}", width, colorScheme));
            await page.Context.CloseAsync();
        }
    }

    [BrowserFact]
    public async Task Service_that_stops_and_comes_back_is_shown_as_such()
    {
        var page = await OpenAsync();
        var state = page.Locator($".service[data-service={DemoApplication.Api}]");
        await Assertions.Expect(state).ToHaveAttributeAsync("data-mode", "on");

        await demo.StopAsync(DemoApplication.Api);
        await Assertions.Expect(state).ToHaveAttributeAsync("data-mode", "down");
        await Assertions.Expect(page.Locator($".service[data-service={DemoApplication.Web}]")).ToHaveAttributeAsync("data-mode", "on");

        await demo.StartAsync(DemoApplication.Api);
        await Assertions.Expect(state).ToHaveAttributeAsync("data-mode", "on");
    }

    private async Task<IPage> OpenAsync(int width = 1400, ColorScheme colorScheme = ColorScheme.Light)
    {
        var page = await browser.OpenPageAsync(width, colorScheme);
        await page.GotoAsync(new Uri(demo.WebUrl, "/connection-tracing").AbsoluteUri);
        await Assertions.Expect(page.Locator(".service")).ToHaveCountAsync(2);
        return page;
    }

    private async Task RunAsync(string scenario)
    {
        using var client = new HttpClient();
        using var response = await client.PostAsync(new Uri(demo.WebUrl, $"/fault-lab/runs/{scenario}"), content: null);
        response.EnsureSuccessStatusCode();
    }
}
