using Microsoft.Playwright;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>Pictures of what the browser tests see, for the documentation and for people: <c>SCREENSHOTS=folder dotnet test</c>.</summary>
internal static class Screenshots
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    /// <summary>Saves all of <paramref name="page"/> as a PNG; does nothing unless <c>SCREENSHOTS</c> names a folder.</summary>
    public static Task SaveAsync(IPage page, string name) => SaveAsync(page, name, new() { FullPage = true });

    /// <summary>Saves <paramref name="page"/> down to where something stands; does nothing unless <c>SCREENSHOTS</c> names a folder.</summary>
    public static async Task SaveDownToAsync(IPage page, string name, ILocator last)
    {
        const int Margin = 30;
        var box = await last.BoundingBoxAsync() ?? throw new InvalidOperationException("What the picture should end with is not to be seen.");
        await SaveAsync(page, name, new() { Clip = new() { Width = page.ViewportSize!.Width, Height = box.Y + box.Height + Margin } });
    }

    /// <summary>Saves a part of a page; does nothing unless <c>SCREENSHOTS</c> names a folder.</summary>
    public static async Task SaveElementAsync(ILocator element, string name)
    {
        if (Folder is not null)
        {
            await element.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}.png") });
        }
    }

    private static async Task SaveAsync(IPage page, string name, PageScreenshotOptions options)
    {
        if (Folder is not null)
        {
            options.Path = Path.Combine(Folder, $"{name}.png");
            await page.ScreenshotAsync(options);
        }
    }
}
