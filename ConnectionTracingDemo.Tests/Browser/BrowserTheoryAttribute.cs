namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>A test with data that needs a browser; skipped where this machine has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Chromium.SkipReason;
}
