namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>The Chromium, or Chrome, of this machine. The tests bring none along.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "Chromium", "Google Chrome", "chrome.exe", "msedge.exe"];

    /// <summary>Where programs are that are not on the PATH.</summary>
    private static readonly string[] Folders =
    [
        "/usr/bin",
        "/usr/lib/chromium",
        "/snap/bin",
        "/opt/google/chrome",
        "/Applications/Chromium.app/Contents/MacOS",
        "/Applications/Google Chrome.app/Contents/MacOS",
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "Google", "Chrome", "Application"),
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFilesX86), "Microsoft", "Edge", "Application"),
    ];

    public const string HowToGetIt =
        "No Chromium and no Chrome was found on the PATH or in the usual folders. Install one, for example with 'apt-get install chromium' on Debian or " +
        "'apt-get install chromium-browser' on Ubuntu, or have CHROMIUM_PATH name the program.";

    /// <summary>The program, or null where there is none.</summary>
    public static string? Program { get; } = Find();

    /// <summary>
    /// Why browser tests are skipped, or null where they run. A build server never skips them: it sets CI, and there a missing browser is a failure.
    /// </summary>
    public static string? SkipReason =>
        Program is not null || string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase) ? null : HowToGetIt;

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM_PATH") is { Length: > 0 } path)
        {
            return path;
        }

        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var candidates = from folder in onPath.Concat(Folders) from name in Names select Path.Combine(folder, name);
        return candidates.FirstOrDefault(File.Exists);
    }
}
