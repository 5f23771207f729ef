using ConnectionTracingDemo.Tests.ConnectionTracing.Page;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>The library's page in a browser: that of an application that sends nothing itself, and shows what a scripted apiservice reports.</summary>
public sealed class ScriptedPage : IAsyncLifetime
{
    public const string Dashboard = "http://dashboard.example:18888/below";

    private readonly BrowserFixture _browser = new();
    private PageSite? _site;
    private IPage? _page;

    internal ScriptedService Api { get; private set; } = null!;

    internal PageSite Site => _site!;

    public async ValueTask InitializeAsync()
    {
        await _browser.InitializeAsync();
        Api = await ScriptedService.StartAsync();
        var settings = PageSite.With("apiservice", Api.Url);
        settings["ConnectionTracing:Page:DashboardUrl"] = Dashboard;
        // The requests of other tests in this process are not for this page.
        settings["ConnectionTracing:Enabled"] = "false";
        _site = await PageSite.StartAsync(settings);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        await Site.DisposeAsync();
        await Api.DisposeAsync();
    }

    /// <summary>Opens the page and waits until it has heard of apiservice. An error in its script, or what its Content-Security-Policy blocks, fails the test.</summary>
    internal async Task<IPage> OpenAsync(int width = 1400, ColorScheme colorScheme = ColorScheme.Light, string query = "")
    {
        if (_page is not null)
        {
            // Each page has a stream of its own, and their number is limited.
            await _page.Context.CloseAsync();
        }

        var page = _page = await _browser.OpenPageAsync(width, colorScheme);
        page.PageError += (_, error) => throw new InvalidOperationException(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
            {
                throw new InvalidOperationException(message.Text);
            }
        };
        await page.GotoAsync(Site.Url(PageSite.Path).AbsoluteUri + query);
        await Expect(page.Locator("[data-service=apiservice]")).ToBeVisibleAsync();
        return page;
    }

    internal Task<IPage> OpenEmptyAsync()
    {
        Api.Reset();
        return OpenAsync();
    }

    internal static ILocator Rows(IPage page) => page.Locator("#requests .row");

    internal static ILocator Count(IPage page) => page.Locator("#count");

    internal static ILocator Details(IPage page) => page.Locator("#details");

    /// <summary>The URLs of the rows in the document, from top to bottom.</summary>
    internal static Task<string[]> UrlsAsync(IPage page) => page.EvaluateAsync<string[]>(
        "[...document.querySelectorAll('#requests .row')].sort((a, b) => a.ariaRowIndex - b.ariaRowIndex).map(row => row.querySelector('.url').textContent)");

    internal static ILocator View(IPage page, string name) => page.Locator("#filter fieldset").GetByLabel(name, new() { Exact = true });

    internal static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name });
}
