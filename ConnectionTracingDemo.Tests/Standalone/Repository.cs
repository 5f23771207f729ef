using System.Reflection;

namespace ConnectionTracingDemo.Tests.Standalone;

/// <summary>The working copy that these tests were built from.</summary>
internal static class Repository
{
    private static readonly Assembly AppHost = typeof(Projects.ConnectionTracingDemo_AppHost).Assembly;

    public static string Root { get; } = Path.GetDirectoryName(Projects.ConnectionTracingDemo_AppHost.ProjectPath)!;

    /// <summary>Where the package of this name is missing, its stand-in bears the name of the package rather than of the library.</summary>
    public static bool UsesStandIns { get; } = typeof(Aspire.Hosting.DistributedApplication).Assembly.GetName().Name == "Aspire.Hosting.AppHost";

    /// <summary>The dashboard's program, from npm or from NuGet; the build of an AppHost notes it down.</summary>
    public static string DashboardPath { get; } =
        AppHost.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => string.Equals(attribute.Key, "aspiredashboardpath", StringComparison.OrdinalIgnoreCase)).Value!;
}
