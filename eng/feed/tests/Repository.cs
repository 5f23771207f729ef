using System.Reflection;

namespace ConnectionTracingDemo.Feed.Tests;

/// <summary>The repository that these tests were built from.</summary>
internal static class Repository
{
    public static string Directory { get; } =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryDirectory").Value!;

    public static string PathOf(params string[] path) => Path.Combine([Directory, .. path]);
}
