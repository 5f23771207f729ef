namespace ConnectionTracingDemo.Tests.Standalone;

/// <summary>A test that needs signals or a shell.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    /// <summary>Skips the test on Windows.</summary>
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "Sends SIGTERM or runs a line of shell; run it on Linux, macOS or in WSL.";
        }
    }
}
