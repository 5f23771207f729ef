using Microsoft.Playwright;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>Pictures of what the browser tests see, for the documentation and for people: <c>SCREENSHOTS=folder dotnet test</c>.</summary>
internal static class Screenshots
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    /// <summary>Saves all of <paramref name="page"/> as a PNG; does nothing unless <c>SCREENSHOTS</c> names a folder.</summary>
    public static Task SaveAsync(IPage page, string name) => SaveAsync(page, name, new() { FullPage = true });

    /// <summary>Saves the upper part of <paramref name="page"/> as a PNG; does nothing unless <c>SCREENSHOTS</c> names a folder.</summary>
    public static Task SaveTopAsync(IPage page, string name, int height) =>
        SaveAsync(page, name, new() { Clip = new() { Width = page.ViewportSize!.Width, Height = height } });

    private static async Task SaveAsync(IPage page, string name, PageScreenshotOptions options)
    {
        if (Folder is not null)
        {
            options.Path = Path.Combine(Folder, $"{name}.png");
            await page.ScreenshotAsync(options);
        }
    }
}
