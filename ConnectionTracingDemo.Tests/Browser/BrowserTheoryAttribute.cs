using System.Runtime.CompilerServices;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>A test with data that needs a browser; skipped where this machine has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : base(file, line) => Skip = Chromium.SkipReason;
}
