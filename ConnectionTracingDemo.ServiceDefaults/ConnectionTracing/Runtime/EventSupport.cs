using System;

namespace ConnectionTracing.Runtime;

/// <summary>
/// Whether the process has events: a trimmed one has not, unless it says so,
/// https://learn.microsoft.com/dotnet/core/deploying/trimming/trimming-options#trim-framework-library-features.
/// </summary>
internal static class EventSupport
{
    public static bool IsThere { get; } = !AppContext.TryGetSwitch("System.Diagnostics.Tracing.EventSource.IsSupported", out var supported) || supported;
}
