namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>A test that needs a browser; skipped where this machine has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Chromium.SkipReason;
}
