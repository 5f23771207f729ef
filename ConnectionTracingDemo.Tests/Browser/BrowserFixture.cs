using Microsoft.Playwright;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>One browser for the tests of a class. Each page has a context of its own: no cookies, no cache.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    /// <summary>For a browser in a container without graphics, which asks nobody but this machine.</summary>
    internal static readonly string[] Flags =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private const int PatienceInMilliseconds = 30_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(PatienceInMilliseconds);

        if (Chromium.Program is { } program)
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = Flags });
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>An empty page.</summary>
    /// <param name="width">The width of the window, in CSS pixels.</param>
    /// <param name="colorScheme">What the user's system is set to.</param>
    /// <param name="script">Whether the browser runs scripts.</param>
    internal async Task<IPage> OpenPageAsync(int width, ColorScheme colorScheme, bool script = true)
    {
        if (_browser is null)
        {
            throw new InvalidOperationException(Chromium.HowToGetIt);
        }

        var context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = colorScheme,
            ReducedMotion = ReducedMotion.Reduce,
            JavaScriptEnabled = script,
            // The development certificate: .NET programs of this user trust it, browsers have lists of their own.
            IgnoreHTTPSErrors = true,
        });
        context.SetDefaultTimeout(PatienceInMilliseconds);
        return await context.NewPageAsync();
    }
}
