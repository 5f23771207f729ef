using System.Runtime.CompilerServices;

namespace ConnectionTracingDemo.Tests.Standalone;

/// <summary>A test that needs signals or a shell; skipped on Windows.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixFactAttribute : FactAttribute
{
    internal const string Reason = "Sends SIGTERM or runs a line of shell; run it on Linux, macOS or in WSL.";

    public UnixFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : base(file, line) => Skip = OperatingSystem.IsWindows() ? Reason : null;
}

/// <summary>A theory that needs signals or a shell; skipped on Windows.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : base(file, line) => Skip = OperatingSystem.IsWindows() ? UnixFactAttribute.Reason : null;
}
