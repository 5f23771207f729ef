using System.Reflection;

namespace ConnectionTracingDemo.Tests.Standalone;

/// <summary>The working copy that these tests were built from.</summary>
internal static class Repository
{
    private static readonly Assembly AppHost = typeof(Projects.ConnectionTracingDemo_AppHost).Assembly;

    public static string Root { get; } = Path.GetDirectoryName(Projects.ConnectionTracingDemo_AppHost.ProjectPath)!;

    /// <summary>Where NuGet keeps the packages of this user.</summary>
    public static string PackagesFolder { get; } =
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The dashboard's program, which the build of the AppHost restores and writes into its assembly.</summary>
    public static string DashboardPath { get; } =
        AppHost.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => string.Equals(attribute.Key, "aspiredashboardpath", StringComparison.OrdinalIgnoreCase)).Value!;

    /// <summary>Copies a folder without what has been built in it.</summary>
    public static void CopyFolder(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.GetFiles(source))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.GetDirectories(source).Where(folder => Path.GetFileName(folder) is not ("bin" or "obj")))
        {
            CopyFolder(folder, Path.Combine(target, Path.GetFileName(folder)));
        }
    }
}
