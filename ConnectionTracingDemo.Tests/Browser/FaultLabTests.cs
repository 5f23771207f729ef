using System.Text.RegularExpressions;
using ConnectionTracingDemo.Tests.Hosting;
using Microsoft.Playwright;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>The fault lab in a browser.</summary>
[Collection(SharedDemo.Name)]
public sealed class FaultLabTests(DemoApplication demo, BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [BrowserTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task A_run_shows_its_bars_and_its_finding_and_leads_to_its_trace(ColorScheme colorScheme)
    {
        var page = await OpenAsync(1400, colorScheme);
        var card = page.Locator("#dead-first-address");

        await RunAsync(card);

        await Assertions.Expect(card.Locator(".verdict")).ToHaveTextAsync("The diagnosis found first_address_fails, as it should, and nothing else.");
        await Assertions.Expect(card.Locator(".finding")).ToHaveCountAsync(1);
        await Assertions.Expect(card.Locator(".requests tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(card.Locator("timing-bar .phase-tcp")).ToHaveCountAsync(2);
        await Assertions.Expect(card.Locator("timing-bar .timing-phase-failed")).ToHaveCountAsync(1);

        var link = new Uri((await card.GetByRole(AriaRole.Link, new() { Name = "Open the trace of this run" }).GetAttributeAsync("href"))!);
        Assert.Equal(demo.DashboardUrl.GetLeftPart(UriPartial.Authority), link.GetLeftPart(UriPartial.Authority));
        var traceId = link.Segments[^1];
        await demo.Telemetry.WaitForSpanAsync($"the connect of the run, in trace {traceId}", span => span.TraceId == traceId && span.Name.StartsWith("socket connect 127.0.0.1", StringComparison.Ordinal));

        await page.GotoAsync(link.AbsoluteUri);
        await DashboardTests.LogInAsync(page);
        foreach (var text in (string[])["webfrontend: POST /fault-lab", "POST /faults/", "HTTP wait_for_connection localhost", "socket connect"])
        {
            await Assertions.Expect(page.GetByText(text).First).ToBeVisibleAsync();
        }

        await Screenshots.SaveAsync(page, SiteTests.Name("fault-lab-trace", 1400, colorScheme));
    }

    [BrowserTheory]
    [MemberData(nameof(SiteTests.Views), MemberType = typeof(SiteTests))]
    public async Task The_page_fits_before_and_after_a_run(int width, ColorScheme colorScheme)
    {
        var page = await OpenAsync(width, colorScheme);
        await SiteTests.AssertFitsAsync(page);
        await Screenshots.SaveAsync(page, SiteTests.Name("fault-lab-all", width, colorScheme));

        var card = page.Locator("#small-pool");
        await RunAsync(card);

        await Assertions.Expect(card.Locator(".requests timing-bar[role=img]")).ToHaveCountAsync(8);
        await SiteTests.AssertFitsAsync(page);
        await Screenshots.SaveElementAsync(card, SiteTests.Name("fault-lab", width, colorScheme));
    }

    [BrowserFact]
    public async Task It_works_without_script_and_with_the_keyboard()
    {
        var page = await OpenAsync(1400, ColorScheme.Light, script: false);
        var card = page.Locator("#untrusted-certificate");

        await card.GetByRole(AriaRole.Button).FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(card.Locator(".verdict")).ToContainTextAsync("untrusted_certificate");
        await Assertions.Expect(card.Locator("timing-bar")).ToContainTextAsync(new Regex("tls [0-9.]+ ms, failed: "));
        Assert.EndsWith("#untrusted-certificate", page.Url, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task While_a_run_lasts_its_button_says_so()
    {
        var page = await OpenAsync(1400, ColorScheme.Light);
        var card = page.Locator("#slow-headers");

        // Asked within the page: Playwright itself waits for the page that comes next.
        var busy = await card.EvaluateAsync<string[]>(
            """
            async card => {
              card.querySelector('button').click();
              await new Promise(resolve => setTimeout(resolve));
              const enabled = document.querySelectorAll('.scenario button:enabled').length;
              return [card.querySelector('button').textContent, card.getAttribute('aria-busy'), `${enabled} enabled`];
            }
            """);

        Assert.Equal(["Running…: A server that thinks for long", "true", "0 enabled"], busy);
        await Assertions.Expect(card.GetByRole(AriaRole.Button, new() { Name = "Run again" })).ToBeEnabledAsync();
        await Assertions.Expect(card).Not.ToHaveAttributeAsync("aria-busy", "true");
    }

    [BrowserFact]
    public async Task A_visitor_who_stops_loading_can_run_again()
    {
        var page = await OpenAsync(1400, ColorScheme.Light);
        var card = page.Locator("#slow-headers");

        await card.EvaluateAsync("""
            async card => {
              card.querySelector('button').click();
              await new Promise(resolve => setTimeout(resolve, 200));
              window.stop();
            }
            """);

        await Assertions.Expect(card.GetByRole(AriaRole.Button, new() { Name = "Run" })).ToBeEnabledAsync();
        await Assertions.Expect(page.Locator(".scenario button:disabled")).ToHaveCountAsync(0);
        await Assertions.Expect(card).Not.ToHaveAttributeAsync("aria-busy", "true");
        await Assertions.Expect(card.Locator(".verdict")).ToHaveCountAsync(0);
        await RunAsync(page.Locator("#refused-port"));
    }

    private async Task<IPage> OpenAsync(int width, ColorScheme colorScheme, bool script = true)
    {
        var page = await browser.OpenPageAsync(width, colorScheme, script);
        await page.GotoAsync(new Uri(demo.WebUrl, "/fault-lab").AbsoluteUri);
        return page;
    }

    private static async Task RunAsync(ILocator card)
    {
        await card.GetByRole(AriaRole.Button, new() { Name = "Run" }).ClickAsync();
        await Assertions.Expect(card.Locator(".verdict")).ToBeVisibleAsync();

        // With its style sheets: without them the page is wider.
        await card.Page.WaitForFunctionAsync("document.readyState === 'complete'");
    }
}
