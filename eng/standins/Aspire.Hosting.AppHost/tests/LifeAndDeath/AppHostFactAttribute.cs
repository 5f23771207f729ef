using System.Reflection;

namespace Aspire.Hosting.Tests.LifeAndDeath;

/// <summary>A test that runs the solution's own AppHost as a process, as the build made it.</summary>
public sealed class AppHostFactAttribute : FactAttribute
{
    public AppHostFactAttribute()
    {
        Timeout = (int)TimeSpan.FromMinutes(3).TotalMilliseconds;
        Skip = AppHostBuild.WhyNot;
    }
}

/// <inheritdoc cref="AppHostFactAttribute"/>
public sealed class AppHostTheoryAttribute : TheoryAttribute
{
    public AppHostTheoryAttribute()
    {
        Timeout = (int)TimeSpan.FromMinutes(3).TotalMilliseconds;
        Skip = AppHostBuild.WhyNot;
    }
}

/// <summary>Where the build put the AppHost; StandIns.Tests.csproj notes it in this assembly.</summary>
internal static class AppHostBuild
{
    public static string Directory { get; } = Read("AppHostDirectory");

    public static string Program { get; } = Read("AppHostProgram");

    public static string? WhyNot =>
        !OperatingSystem.IsLinux() ? "The stand-in for Aspire.Hosting runs on Linux only."
        : Program.Length == 0 ? "This feed carries Aspire.Hosting, so the AppHost was built on the package. To test the stand-in all the same: dotnet test eng/standins/Tests -p:UseStandIns=true"
        : null;

    private static string Read(string key) =>
        typeof(AppHostBuild).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == key)?.Value ?? "";
}
