using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Resources;
using Aspire.Hosting.Dashboard.Resources.Protocol;
using HealthStatus = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;

namespace Aspire.Hosting.Tests.Resources;

public sealed class ResourceMessagesTests
{
    private static readonly DateTime Noon = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Everything_that_is_known_is_told()
    {
        var message = Describe(new CustomResourceSnapshot
        {
            ResourceType = "Project",
            State = new("Finished", "error"),
            ExitCode = 137,
            CreationTimeStamp = Noon,
            StartTimeStamp = Noon.AddSeconds(1),
            StopTimeStamp = Noon.AddSeconds(2),
            Urls = [new("http", "http://localhost:5000", false) { IsInactive = true }],
            EnvironmentVariables = [new("NAME", "value", true), new("EMPTY", null, false)],
            Relationships = [new("db", "WaitFor")],
            HealthReports = [new("check", HealthStatus.Unhealthy, "answered 503", "IOException") { LastRunAt = Noon }, new("new", null, null, null)],
            Properties = [new("project.path", "/src/api.csproj"), new("executable.pid", 12L), new("executable.args", new List<string> { "a", "b" })],
        });

        Assert.Equal(("api-abcdefgh", "api", "Project", "Finished", "error"), (message.Name, message.DisplayName, message.ResourceType, message.State, message.StateStyle));
        Assert.Equal((Noon, Noon.AddSeconds(1), Noon.AddSeconds(2)), (message.CreatedAt.ToDateTime(), message.StartedAt.ToDateTime(), message.StoppedAt.ToDateTime()));
        var url = Assert.Single(message.Urls);
        Assert.Equal(("http", "http://localhost:5000", false, true), (url.EndpointName, url.FullUrl, url.IsInternal, url.IsInactive));
        Assert.Equal([("NAME", true, "value", true), ("EMPTY", false, "", false)], message.Environment.Select(variable => (variable.Name, variable.HasValue, variable.Value, variable.IsFromSpec)));
        Assert.Equal([("db", "WaitFor")], message.Relationships.Select(relationship => (relationship.ResourceName, relationship.Type)));
        Assert.Equal(
            [("check", true, Dashboard.Resources.Protocol.HealthStatus.Unhealthy, "answered 503", "IOException", (DateTime?)Noon), ("new", false, default, "", "", null)],
            message.HealthReports.Select(report => (report.Key, report.HasStatus, report.Status, report.Description, report.Exception, report.LastRunAt?.ToDateTime())));
        Assert.Equal(
            ["project.path=/src/api.csproj", "executable.pid=12", "executable.args=a b", "resource.exitCode=137"],
            message.Properties.Select(property => $"{property.Name}={(property.Value.ListValue is { } list ? string.Join(' ', list.Values.Select(value => value.StringValue)) : property.Value.StringValue)}"));
    }

    [Fact]
    public void What_is_not_known_is_not_told()
    {
        var message = Describe(new CustomResourceSnapshot { ResourceType = "Project", Properties = [] });

        Assert.False(message.HasState);
        Assert.False(message.HasStateStyle);
        Assert.Null(message.StartedAt);
        Assert.Empty(message.Properties);
    }

    [Theory]
    [InlineData("NotStarted", "start")]
    [InlineData("Waiting", "start")]
    [InlineData("Finished", "start")]
    [InlineData("Exited", "start")]
    [InlineData("FailedToStart", "start")]
    [InlineData("Starting", "")]
    [InlineData("Running", "stop restart")]
    [InlineData("Stopping", "")]
    public void What_can_be_done_follows_from_the_state(string state, string commands)
    {
        var enabled = Describe(Model.Snapshot(state)).Commands.Where(command => command.State == ResourceCommandState.Enabled);

        Assert.Equal(commands, string.Join(' ', enabled.Select(command => command.Name)));
    }

    private static Resource Describe(CustomResourceSnapshot snapshot) =>
        ResourceMessages.Of(new ResourceEvent(Model.Project("api"), "api-abcdefgh", snapshot));
}
