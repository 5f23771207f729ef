using ConnectionTracing;
using ConnectionTracingDemo.Tests.EndToEnd;
using ConnectionTracingDemo.Tests.Hosting;
using Microsoft.Playwright;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>The way from a page of the site to its trace in the dashboard.</summary>
[Collection(SharedDemo.Name)]
public sealed class DashboardTests(DemoApplication demo, BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [BrowserTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task The_link_on_Weather_leads_to_the_trace_of_that_very_request(ColorScheme colorScheme)
    {
        // A new API process closes the connections to the old one, and the Web process stays: what the trace shows is a new connection, not a new process.
        await demo.Visitor.GetNewWeatherAsync();
        await demo.RestartAsync(DemoApplication.Api);
        var page = await browser.OpenPageAsync(1400, colorScheme);

        await page.GotoAsync(new Uri(demo.WebUrl, demo.Visitor.NewWeatherAddress()).AbsoluteUri);
        var traceId = await page.Locator(".trace-id").InnerTextAsync();
        var link = new Uri((await page.GetByRole(AriaRole.Link, new() { Name = "Open the trace of this forecast" }).GetAttributeAsync("href"))!);
        Assert.Equal(new Uri(demo.DashboardUrl, $"/traces/detail/{traceId}"), link);

        var trace = await demo.Telemetry.WaitForSpansAsync($"trace {traceId} of the page", spans => WeatherTrace.Find(spans, traceId));
        await page.GotoAsync(link.AbsoluteUri);
        await LogInAsync(page);

        // "HTTP GET 200" is what the dashboard makes of the client span GET.
        var lastSpan = await AssertShowsAsync(page, "webfrontend: GET /weather", "HTTP GET 200", "HTTP wait_for_connection localhost", "GET /weatherforecast");
        await Screenshots.SaveDownToAsync(page, colorScheme == ColorScheme.Dark ? "trace-dark" : "trace", lastSpan);

        await page.GotoAsync(new Uri(demo.DashboardUrl, $"/traces/detail/{trace.Request.Links[0].TraceId}").AbsoluteUri);
        lastSpan = await AssertShowsAsync(page, "HTTP connection_setup localhost", "DNS lookup localhost", "socket connect", "TLS client handshake localhost");
        await Screenshots.SaveDownToAsync(page, colorScheme == ColorScheme.Dark ? "connection-setup-dark" : "connection-setup", lastSpan);
    }

    [BrowserTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Resources_shows_both_services_running(ColorScheme colorScheme)
    {
        var page = await browser.OpenPageAsync(1400, colorScheme);
        await ReloadWhenBrokenAsync(page);
        await page.GotoAsync(new Uri(demo.DashboardUrl, $"/login?t={DemoApplication.BrowserToken}").AbsoluteUri);

        foreach (var service in new[] { DemoApplication.Api, DemoApplication.Web })
        {
            await Assertions.Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = service }).GetByText("Running", new() { Exact = true })).ToBeVisibleAsync();
        }

        await Screenshots.SaveDownToAsync(page, colorScheme == ColorScheme.Dark ? "resources-dark" : "resources", page.GetByText(DemoApplication.Web).First);
    }

    [BrowserFact]
    public async Task Resources_leads_to_the_page_of_each_service_and_runs_commands()
    {
        var page = await browser.OpenPageAsync(1400, ColorScheme.Light);
        await ReloadWhenBrokenAsync(page);
        await page.GotoAsync(new Uri(demo.DashboardUrl, $"/login?t={DemoApplication.BrowserToken}").AbsoluteUri);
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = DemoApplication.Web });
        await Assertions.Expect(row.GetByRole(AriaRole.Link, new() { Name = "Network" })).ToHaveAttributeAsync("href", new Uri(demo.WebUrl, "/connection-tracing").AbsoluteUri);

        try
        {
            await ChooseAsync("Trace connections for 5 minutes");
            await Assertions.Expect(page.GetByText("\"Trace connections for 5 minutes\" succeeded")).ToBeVisibleAsync();

            await ChooseAsync("Stop tracing connections");
            await Assertions.Expect(page.GetByText("Stop tracing connections of webfrontend?")).ToBeVisibleAsync();
            await ClickAsync("No");

            await ChooseAsync("Run a fault");
            await page.Locator("fluent-dropdown input").FillAsync("small-pool");
            await ClickAsync("Run a fault");
            await Assertions.Expect(page.GetByText($"small-pool: {FindingCause.PoolSaturated}").First).ToBeVisibleAsync();
        }
        finally
        {
            await demo.TraceForGoodAsync(DemoApplication.Web);
        }

        // The dashboard's buttons have their role in a shadow root.
        Task ClickAsync(string button) => page.Locator("fluent-button", new() { HasTextRegex = new($@"^\s*{button}\s*$") }).ClickAsync();

        async Task ChooseAsync(string command)
        {
            await row.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
            await page.GetByRole(AriaRole.Menuitem, new() { Name = "Commands" }).ClickAsync();
            await page.GetByRole(AriaRole.Menuitem, new() { Name = command, Exact = true }).ClickAsync();
        }
    }

    /// <summary>The dashboard asks who does not carry its cookie yet for the token, and goes on to where they wanted to go.</summary>
    // By address, as the console prints it: the page's own button does nothing until its circuit is connected, which takes a busy machine a while.
    internal static async Task LogInAsync(IPage page)
    {
        Assert.Contains("/login?returnUrl=", page.Url, StringComparison.Ordinal);
        await ReloadWhenBrokenAsync(page);
        await page.GotoAsync($"{page.Url}&t={DemoApplication.BrowserToken}");
    }

    /// <summary>On a busy machine, a circuit of the dashboard (13.6) may end with an ObjectDisposedException of its table; it then asks for a reload.</summary>
    private static Task ReloadWhenBrokenAsync(IPage page) =>
        page.AddLocatorHandlerAsync(page.GetByText("An unhandled error has occurred."), () => page.ReloadAsync());

    /// <returns>Where the last of the texts stands.</returns>
    private static async Task<ILocator> AssertShowsAsync(IPage page, params string[] texts)
    {
        foreach (var text in texts)
        {
            await Assertions.Expect(page.GetByText(text).First).ToBeVisibleAsync();
        }

        return page.GetByText(texts[^1]).First;
    }
}
