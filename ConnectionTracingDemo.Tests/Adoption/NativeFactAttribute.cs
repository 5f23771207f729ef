using System.Runtime.CompilerServices;

namespace ConnectionTracingDemo.Tests.Adoption;

/// <summary>A test that compiles to native code; skipped where there is no linker for that.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativeFactAttribute : FactAttribute
{
    public NativeFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : base(file, line) =>
        Skip = HasLinker() ? null : "Links a native program with clang or gcc; install one of them. On Windows it is not tried.";

    private static bool HasLinker() =>
        !OperatingSystem.IsWindows()
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc")));
}
