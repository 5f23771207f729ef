using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Orchestration;
using Aspire.Hosting.Projects;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Tests;

public sealed class ProjectSnapshotTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly DcpExecutableSpec Spec = new("dotnet", "/src/web", ["/src/web/bin/web.dll"], [new DcpVariable("OTEL_SERVICE_NAME", "{{template}}")]);

    private readonly ProjectResource _api = Model.Project("api");
    private readonly ProjectResource _web = Model.Project("web", "https://localhost:1", "http://localhost:2").Allocated(5001);

    public ProjectSnapshotTests()
    {
        _web.References.Add(_api);
        _web.WaitsFor.Add(_api);
        _web.HealthChecks.Add(new HttpHealthCheck(_web.Endpoints[0], "/health", 200));
    }

    private CustomResourceSnapshot NotStarted => ProjectSnapshot.NotStarted(_web, Spec);

    private CustomResourceSnapshot Healthy => Running(NotStarted) with { HealthReports = [new("web_https_/health_200_check", HealthStatus.Healthy, null, null)] };

    [Fact]
    public void Before_its_start_the_model_is_known()
    {
        Assert.Equal((KnownResourceStates.NotStarted, null), (NotStarted.State!.Text, NotStarted.HealthStatus));
        Assert.NotNull(NotStarted.CreationTimeStamp);
        Assert.Equal([("https", "https://localhost:5001", true), ("http", "http://localhost:5002", true)], NotStarted.Urls.Select(url => (url.Name, url.Url, url.IsInactive)));
        Assert.Equal([("api", "Reference"), ("api", "WaitFor")], NotStarted.Relationships.Select(relationship => (relationship.ResourceName, relationship.Type)));
        Assert.Equal([("web_https_/health_200_check", null)], NotStarted.HealthReports.Select(report => (report.Name, report.Status)));
        Assert.Equal(
            [("project.path", "/src/web/web.csproj"), ("project.launchProfile", "https"), ("executable.path", "dotnet"), ("executable.workDir", "/src/web"), ("executable.args", Spec.Args)],
            NotStarted.Properties.Select(property => (property.Name, property.Value)));
    }

    [Theory]
    [InlineData("weather", "http://localhost:5001/weather")]
    [InlineData("/weather?x=1", "http://localhost:5001/weather?x=1")]
    [InlineData("", "http://localhost:5001")]
    [InlineData(null, "http://localhost:5001")]
    public void Addresses_end_with_the_launch_url(string? launchUrl, string url)
    {
        var profile = new LaunchProfile("http", "Project", [new Uri("http://localhost:1")], new Dictionary<string, string>(), launchUrl);
        var project = new ProjectResource("web", "/src/web/web.csproj", "/src/web/bin/web.dll", profile, randomizePorts: false).Allocated(5001);

        Assert.Equal(url, Assert.Single(ProjectSnapshot.NotStarted(project, Spec).Urls).Url);
    }

    [Fact]
    public void While_it_waits_it_says_for_whom()
    {
        var waiting = NotStarted.WaitingFor([_api]);

        Assert.Equal(KnownResourceStates.Waiting, waiting.State!.Text);
        Assert.Equal(new List<string> { "api" }, Property(waiting, "resource.waitingFor"));
        Assert.Null(Property(waiting.Starting(_web), "resource.waitingFor"));
        Assert.Null(Property(waiting.FailedToStart(), "resource.waitingFor"));
    }

    [Fact]
    public void While_it_runs_process_variables_and_addresses_are_known_and_health_has_to_be_found_out()
    {
        var running = Running(NotStarted);

        Assert.Equal((KnownResourceStates.Running, HealthStatus.Unhealthy), (running.State!.Text, running.HealthStatus));
        Assert.Equal(12L, Property(running, "executable.pid"));
        Assert.Equal(Noon.UtcDateTime, running.StartTimeStamp);
        Assert.Equal(new EnvironmentVariableSnapshot("OTEL_SERVICE_NAME", "web", true), Assert.Single(running.EnvironmentVariables));
        Assert.All(running.Urls, url => Assert.False(url.IsInactive));
        Assert.Equal(HealthStatus.Healthy, Healthy.HealthStatus);
    }

    [Theory]
    [InlineData("Finished", 137, "Finished")]
    [InlineData("FailedToStart", null, "FailedToStart")]
    [InlineData("Terminated", -1, "Exited")]
    public void When_it_has_ended_its_exit_code_is_known_and_its_health_is_not(string dcpState, int? exitCode, string state)
    {
        var ended = Healthy.After(new DcpExecutableStatus(dcpState, exitCode, null, null, null, Noon, Noon.AddSeconds(1)), _web, Spec);

        Assert.Equal((state, exitCode, null, Noon.UtcDateTime.AddSeconds(1)), (ended.State!.Text, ended.ExitCode, ended.HealthStatus, ended.StopTimeStamp));
        Assert.Contains(state, KnownResourceStates.TerminalStates);
        Assert.All(ended.HealthReports, report => Assert.Null(report.Status));
        Assert.All(ended.Urls, url => Assert.True(url.IsInactive));
    }

    [Fact]
    public void A_new_start_begins_anew_at_the_same_addresses()
    {
        var ended = Healthy.After(new DcpExecutableStatus("Finished", 137, 12, null, null, Noon, Noon.AddSeconds(1)), _web, Spec);

        var starting = ended.Starting(_web);

        Assert.Equal((KnownResourceStates.Starting, null, null, null), (starting.State!.Text, starting.ExitCode, starting.StartTimeStamp, starting.StopTimeStamp));
        Assert.NotNull(starting.CreationTimeStamp);
        Assert.Null(Property(starting, "executable.pid"));
        Assert.Equal(HealthStatus.Unhealthy, Running(starting).HealthStatus);
        Assert.Equal(NotStarted.Urls.Select(url => url.Url), starting.Urls.Select(url => url.Url));
    }

    private CustomResourceSnapshot Running(CustomResourceSnapshot before) => before.After(
        new DcpExecutableStatus("Running", null, 12, null, null, Noon, EffectiveEnv: [new DcpVariable("PATH", "/bin"), new DcpVariable("OTEL_SERVICE_NAME", "web")]),
        _web,
        Spec);

    private static object? Property(CustomResourceSnapshot snapshot, string name) => snapshot.Properties.SingleOrDefault(property => property.Name == name)?.Value;
}
