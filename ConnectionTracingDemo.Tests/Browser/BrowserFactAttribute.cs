using System.Runtime.CompilerServices;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>A test that needs a browser; skipped where this machine has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : base(file, line) => Skip = Chromium.SkipReason;
}
