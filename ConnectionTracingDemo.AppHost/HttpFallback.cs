using System.Text.Json;

namespace ConnectionTracingDemo.AppHost;

/// <summary>Runs the demo over plain http where there is no certificate that clients trust; everything works but the TLS handshake span.</summary>
internal static class HttpFallback
{
    private const string Profile = "http";
    private const string UrlsVariable = "ASPNETCORE_URLS";

    /// <summary>True unless ASPNETCORE_URLS is set, as a launch profile does, and has no https address.</summary>
    public static bool IsHttpsWanted => Environment.GetEnvironmentVariable(UrlsVariable)?.Contains("https://", StringComparison.OrdinalIgnoreCase) != false;

    /// <summary>Says what to do about it, and takes the settings of the launch profile http instead.</summary>
    /// <param name="appHostDirectory">The folder of the AppHost project.</param>
    public static void Apply(string appHostDirectory)
    {
        Console.Error.WriteLine(
            "No trusted development certificate was found, so the demo runs over http and shows no TLS handshakes. " +
            "To see them, run 'dotnet dev-certs https --trust' and start it again.");

        var path = Path.Combine(appHostDirectory, "Properties", "launchSettings.json");
        using var settings = JsonDocument.Parse(File.ReadAllText(path));
        var profile = settings.RootElement.GetProperty("profiles").GetProperty(Profile);

        // The services take the launch profile of the same name.
        Environment.SetEnvironmentVariable("DOTNET_LAUNCH_PROFILE", Profile);
        Environment.SetEnvironmentVariable(UrlsVariable, profile.GetProperty("applicationUrl").GetString());
        foreach (var variable in profile.GetProperty("environmentVariables").EnumerateObject())
        {
            Environment.SetEnvironmentVariable(variable.Name, variable.Value.GetString());
        }
    }
}
