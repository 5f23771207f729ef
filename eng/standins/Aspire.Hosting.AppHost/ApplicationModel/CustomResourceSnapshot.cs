using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The state of a resource at one moment.</summary>
public sealed record CustomResourceSnapshot
{
    /// <summary>One of <see cref="KnownResourceStates"/>.</summary>
    public ResourceStateSnapshot? State { get; init; }

    /// <summary>The exit code of the process, once it has ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Only a running resource has one; healthy where it has no health checks.</summary>
    public HealthStatus? HealthStatus { get; init; }
}

/// <summary>A state's name.</summary>
/// <param name="Text">One of <see cref="KnownResourceStates"/>.</param>
/// <param name="Style">How the dashboard shows it; none: by its name.</param>
public sealed record ResourceStateSnapshot(string Text, string? Style);
