using System.Text.Json;

namespace Aspire.Hosting.Projects;

/// <summary>One profile of a project's <c>Properties/launchSettings.json</c>.</summary>
/// <param name="LaunchUrl">What the addresses shown to people end with.</param>
internal sealed record LaunchProfile(
    string Name,
    string? CommandName,
    IReadOnlyList<Uri> ApplicationUrls,
    IReadOnlyDictionary<string, string> EnvironmentVariables,
    string? LaunchUrl = null)
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private bool RunsAProgram => CommandName is null or "" or "Project" or "Executable";

    /// <summary>The profile named explicitly, else the one named like the AppHost's own, else the first that runs a program.</summary>
    /// <exception cref="DistributedApplicationException">There is no profile of the explicit name.</exception>
    public static LaunchProfile? Choose(string projectPath, string? explicitName, string? appHostProfileName)
    {
        var profiles = ReadAll(Path.GetDirectoryName(projectPath)!);
        if (explicitName is not null)
        {
            return profiles.FirstOrDefault(profile => profile.Name == explicitName)
                ?? throw new DistributedApplicationException(
                    $"'{projectPath}' has no launch profile '{explicitName}'; Properties/launchSettings.json has: {string.Join(", ", profiles.Select(profile => profile.Name))}.");
        }

        return profiles.FirstOrDefault(profile => profile.Name == appHostProfileName)
            ?? profiles.FirstOrDefault(profile => profile.RunsAProgram);
    }

    /// <summary>All profiles of a project, in the order of the file; none where the file does not exist.</summary>
    /// <exception cref="DistributedApplicationException">The file cannot be read as launch settings.</exception>
    public static IReadOnlyList<LaunchProfile> ReadAll(string projectDirectory)
    {
        var path = Path.Combine(projectDirectory, "Properties", "launchSettings.json");
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), Lenient);
            return document.RootElement.TryGetProperty("profiles", out var profiles)
                ? [.. profiles.EnumerateObject().Select(profile => Read(profile.Name, profile.Value))]
                : [];
        }
        catch (Exception exception) when (exception is JsonException or UriFormatException or InvalidOperationException)
        {
            throw new DistributedApplicationException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }

    private static LaunchProfile Read(string name, JsonElement profile)
    {
        var urls = profile.TryGetProperty("applicationUrl", out var applicationUrl)
            ? (applicationUrl.GetString() ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [];
        var variables = new Dictionary<string, string>();
        if (profile.TryGetProperty("environmentVariables", out var environment))
        {
            foreach (var variable in environment.EnumerateObject())
            {
                variables[variable.Name] = Environment.ExpandEnvironmentVariables(variable.Value.GetString() ?? "");
            }
        }

        return new LaunchProfile(
            name,
            profile.TryGetProperty("commandName", out var command) ? command.GetString() : null,
            [.. urls.Select(url => new Uri(url))],
            variables,
            profile.TryGetProperty("launchUrl", out var launchUrl) ? launchUrl.GetString() : null);
    }
}
