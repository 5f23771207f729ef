using System.Text.RegularExpressions;
using ConnectionTracingDemo.Tests.Hosting;
using Microsoft.Playwright;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>The Web project's pages in a browser, wide and narrow, light and dark.</summary>
[Collection(SharedDemo.Name)]
public sealed class SiteTests(DemoApplication demo, BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    public static TheoryData<int, ColorScheme> Views => new()
    {
        { 1400, ColorScheme.Light },
        { 1400, ColorScheme.Dark },
        { 420, ColorScheme.Light },
        { 420, ColorScheme.Dark },
    };

    [BrowserTheory]
    [MemberData(nameof(Views))]
    public async Task Home_shows_the_phases_of_a_request(int width, ColorScheme colorScheme)
    {
        var page = await OpenAsync("/", width, colorScheme);

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".phase-legend li")).ToHaveCountAsync(10);
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Open the dashboard" })).ToHaveAttributeAsync("href", demo.DashboardUrl.AbsoluteUri);
        await AssertFitsAsync(page);
        await Screenshots.SaveAsync(page, Name("home", width, colorScheme));
    }

    [BrowserTheory]
    [MemberData(nameof(Views))]
    public async Task Weather_shows_the_table(int width, ColorScheme colorScheme)
    {
        var page = await OpenAsync(demo.Visitor.NewWeatherAddress(), width, colorScheme);

        var forecast = page.GetByRole(AriaRole.Table, new() { Name = "Forecast for the next days" });
        await Assertions.Expect(forecast.GetByRole(AriaRole.Columnheader)).ToHaveCountAsync(4);
        await Assertions.Expect(forecast.Locator("tbody tr")).ToHaveCountAsync(5);
        await AssertFitsAsync(page);
        await Screenshots.SaveAsync(page, Name("weather", width, colorScheme));
    }

    [BrowserTheory]
    [MemberData(nameof(Views))]
    public async Task Weather_shows_where_the_time_of_its_own_request_went(int width, ColorScheme colorScheme)
    {
        var page = await OpenAsync(demo.Visitor.NewWeatherAddress(), width, colorScheme);
        var row = page.Locator(".requests tbody tr");

        await Assertions.Expect(row).ToHaveCountAsync(1);
        await Assertions.Expect(row).ToContainTextAsync("/weatherforecast");
        await Assertions.Expect(row.Locator(".request-status")).ToHaveTextAsync("200");
        await Assertions.Expect(row.Locator("timing-bar[role=img] .phase-wait")).ToHaveCountAsync(1);
        await Assertions.Expect(row.Locator("timing-bar")).ToHaveAttributeAsync("aria-label", new Regex("Wait [0-9.]+ ms"));
        var trace = await page.Locator(".trace-id").InnerTextAsync();
        await Assertions.Expect(row.GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", new Uri(demo.DashboardUrl, $"/traces/detail/{trace}").AbsoluteUri);
    }

    private async Task<IPage> OpenAsync(string address, int width, ColorScheme colorScheme)
    {
        var page = await browser.OpenPageAsync(width, colorScheme);

        List<string> failed = [];
        page.Response += (_, response) =>
        {
            if (!response.Ok)
            {
                failed.Add($"{response.Status} {response.Url}");
            }
        };

        await page.GotoAsync(new Uri(demo.WebUrl, address).AbsoluteUri);
        Assert.Empty(failed);
        return page;
    }

    internal static async Task AssertFitsAsync(IPage page)
    {
        var widths = await page.EvaluateAsync<int[]>("[document.documentElement.scrollWidth, document.documentElement.clientWidth]");
        Assert.True(widths[0] <= widths[1], $"The page is {widths[0]} pixels wide, the window {widths[1]}: it scrolls sideways.");
    }

    internal static string Name(string page, int width, ColorScheme colorScheme) =>
        page + (width < 1000 ? "-narrow" : "") + (colorScheme == ColorScheme.Dark ? "-dark" : "");
}
