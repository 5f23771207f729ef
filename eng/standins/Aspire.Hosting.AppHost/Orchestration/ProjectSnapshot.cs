using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Projects;

namespace Aspire.Hosting.Orchestration;

/// <summary>Tells the state of a project in the terms of the dashboard.</summary>
internal static class ProjectSnapshot
{
    public static CustomResourceSnapshot NotStarted(ProjectResource project, DcpExecutableSpec spec) => new()
    {
        ResourceType = "Project",
        State = new(KnownResourceStates.NotStarted, null),
        // From the first state on: a dashboard that is told of a resource without it fails, and shows no resources any more.
        CreationTimeStamp = DateTime.UtcNow,
        Urls = [.. project.Endpoints.Select(endpoint => new UrlSnapshot(endpoint.Name, UrlOf(endpoint, project.LaunchProfile), IsInternal: false) { IsInactive = true })],
        HealthReports = UnknownHealth(project),
        Relationships =
        [
            .. project.References.Select(other => new RelationshipSnapshot(other.Name, "Reference")),
            .. project.WaitsFor.Select(other => new RelationshipSnapshot(other.Name, "WaitFor")),
        ],
        Properties =
        [
            new("project.path", project.ProjectPath),
            .. project.LaunchProfile is { } profile ? [new("project.launchProfile", profile.Name)] : ImmutableArray<ResourcePropertySnapshot>.Empty,
            new("executable.path", spec.ExecutablePath),
            new("executable.workDir", spec.WorkingDirectory),
            new("executable.args", spec.Args),
        ],
    };

    /// <summary>Its process has been asked for; nothing of an earlier one holds any more.</summary>
    public static CustomResourceSnapshot Starting(this CustomResourceSnapshot before, ProjectResource project) => before with
    {
        State = new(KnownResourceStates.Starting, null),
        CreationTimeStamp = DateTime.UtcNow,
        StartTimeStamp = null,
        StopTimeStamp = null,
        ExitCode = null,
        HealthReports = UnknownHealth(project),
        EnvironmentVariables = [],
        Properties = before.Properties.Without("executable.pid").Without("resource.waitingFor"),
        Urls = before.Urls.ThatAreInactive(true),
    };

    /// <summary>Its process is in a state that DCP has told.</summary>
    public static CustomResourceSnapshot After(this CustomResourceSnapshot before, DcpExecutableStatus status, ProjectResource project, DcpExecutableSpec spec)
    {
        var isRunning = status.State == KnownResourceStates.Running;
        return before with
        {
            State = new(StateOf(status), null),
            StartTimeStamp = status.StartupTimestamp?.UtcDateTime,
            StopTimeStamp = status.FinishTimestamp?.UtcDateTime,
            ExitCode = status.HasEnded ? status.ExitCode : null,
            HealthReports = isRunning ? before.HealthReports : UnknownHealth(project),
            EnvironmentVariables = EnvironmentOf(status, spec),
            Properties = status.ProcessId is { } processId
                ? before.Properties.Without("executable.pid").Add(new("executable.pid", processId))
                : before.Properties,
            Urls = before.Urls.ThatAreInactive(!isRunning),
        };
    }

    /// <summary>Its process cannot be started.</summary>
    public static CustomResourceSnapshot FailedToStart(this CustomResourceSnapshot before) =>
        before with { State = new(KnownResourceStates.FailedToStart, null), Properties = before.Properties.Without("resource.waitingFor") };

    /// <summary>It is held back until others are healthy.</summary>
    public static CustomResourceSnapshot WaitingFor(this CustomResourceSnapshot before, IEnumerable<ProjectResource> others) => before with
    {
        State = new(KnownResourceStates.Waiting, null),
        Properties = before.Properties.Without("resource.waitingFor").Add(new("resource.waitingFor", others.Select(other => other.Name).ToList())),
    };

    private static string UrlOf(ProjectEndpoint endpoint, LaunchProfile? profile) =>
        profile?.LaunchUrl is { Length: > 0 } launchUrl && endpoint.IsHttp && Uri.TryCreate(new Uri(endpoint.Url), launchUrl, out var url) ? url.AbsoluteUri : endpoint.Url;

    private static string StateOf(DcpExecutableStatus status) =>
        status is { HasEnded: true, State: not ("Finished" or "FailedToStart") } ? KnownResourceStates.Exited : status.State!;

    private static ImmutableArray<HealthReportSnapshot> UnknownHealth(ProjectResource project) =>
        [.. project.HealthChecks.Select(check => new HealthReportSnapshot(check.KeyOf(project.Name), null, null, null))];

    /// <summary>DCP tells the whole environment of the process, the values with what it filled in.</summary>
    private static ImmutableArray<EnvironmentVariableSnapshot> EnvironmentOf(DcpExecutableStatus status, DcpExecutableSpec spec)
    {
        var names = spec.Env.Select(variable => variable.Name).ToHashSet();
        return [.. (status.EffectiveEnv ?? [])
            .Where(variable => names.Contains(variable.Name))
            .Select(variable => new EnvironmentVariableSnapshot(variable.Name, variable.Value, IsFromSpec: true))];
    }

    private static ImmutableArray<ResourcePropertySnapshot> Without(this ImmutableArray<ResourcePropertySnapshot> properties, string name) =>
        properties.RemoveAll(property => property.Name == name);

    private static ImmutableArray<UrlSnapshot> ThatAreInactive(this ImmutableArray<UrlSnapshot> urls, bool areInactive) =>
        [.. urls.Select(url => url with { IsInactive = areInactive })];
}
