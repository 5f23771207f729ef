namespace Aspire.Hosting.Tests;

/// <summary>The folder of a project that exists only for its launch settings.</summary>
internal sealed class TempProject : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("project-");

    public TempProject(string? launchSettings = null)
    {
        if (launchSettings is not null)
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(LaunchSettingsPath)!);
            File.WriteAllText(LaunchSettingsPath, launchSettings);
        }
    }

    public string Folder => _folder.FullName;

    public string Path => System.IO.Path.Combine(Folder, "Some.Project.csproj");

    public string LaunchSettingsPath => System.IO.Path.Combine(Folder, "Properties", "launchSettings.json");

    public void Dispose() => _folder.Delete(recursive: true);
}
