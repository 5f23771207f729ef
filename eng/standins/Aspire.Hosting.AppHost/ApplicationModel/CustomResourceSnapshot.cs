using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The state of a resource at one moment, as waits see it and the dashboard shows it.</summary>
public sealed record CustomResourceSnapshot
{
    /// <summary>The kind of resource; here always <c>Project</c>.</summary>
    public required string ResourceType { get; init; }

    /// <summary>One of <see cref="KnownResourceStates"/>.</summary>
    public ResourceStateSnapshot? State { get; init; }

    /// <summary>The exit code of the process, once it has ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Only a running resource has one: that of its worst report, healthy where it has no health checks.</summary>
    public HealthStatus? HealthStatus =>
        State?.Text != KnownResourceStates.Running ? null
        : HealthReports.IsEmpty ? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
        : HealthReports.Min(report => report.Status ?? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy);

    /// <summary>One for each health check.</summary>
    public ImmutableArray<HealthReportSnapshot> HealthReports { get; internal init; } = [];

    /// <summary>When the process was last asked for.</summary>
    public DateTime? CreationTimeStamp { get; init; }

    /// <summary>When the process was started.</summary>
    public DateTime? StartTimeStamp { get; init; }

    /// <summary>When the process ended.</summary>
    public DateTime? StopTimeStamp { get; init; }

    /// <summary>The addresses of the resource.</summary>
    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    /// <summary>The variables that the AppHost gave the process; it has those of the AppHost itself as well.</summary>
    public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables { get; init; } = [];

    /// <summary>The resources that it refers to or waits for.</summary>
    public ImmutableArray<RelationshipSnapshot> Relationships { get; init; } = [];

    /// <summary>Whatever else there is to know, by the names that the dashboard knows.</summary>
    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }
}

/// <summary>A state's name.</summary>
/// <param name="Text">One of <see cref="KnownResourceStates"/>.</param>
/// <param name="Style">How the dashboard shows it; none: by its name.</param>
public sealed record ResourceStateSnapshot(string Text, string? Style);

/// <summary>What a health check found.</summary>
/// <param name="Name">The name of the check.</param>
/// <param name="Status">What it found; null: it has not run since the process was started.</param>
/// <param name="Description">What is wrong.</param>
/// <param name="ExceptionText">The exception behind it.</param>
public sealed record HealthReportSnapshot(string Name, HealthStatus? Status, string? Description, string? ExceptionText)
{
    /// <summary>When it ran last.</summary>
    public DateTime? LastRunAt { get; init; }
}

/// <summary>An address of a resource.</summary>
/// <param name="Name">The name of the endpoint.</param>
/// <param name="Url">The address.</param>
/// <param name="IsInternal">Whether only details show it.</param>
public sealed record UrlSnapshot(string? Name, string Url, bool IsInternal)
{
    /// <summary>Whether nobody answers there at present, so that the dashboard does not show it.</summary>
    public bool IsInactive { get; init; }
}

/// <summary>An environment variable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsFromSpec">Whether the AppHost set it for this resource.</param>
public sealed record EnvironmentVariableSnapshot(string Name, string? Value, bool IsFromSpec);

/// <summary>That a resource has to do with another.</summary>
/// <param name="ResourceName">The other.</param>
/// <param name="Type"><c>Reference</c> or <c>WaitFor</c>.</param>
public sealed record RelationshipSnapshot(string ResourceName, string Type);

/// <summary>Something to know about a resource.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Text, a number, or several texts.</param>
public sealed record ResourcePropertySnapshot(string Name, object? Value);
