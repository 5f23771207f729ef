using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Tests.LifeAndDeath;

/// <summary>A service that ends by itself: told with its exit code, and no end of the application.</summary>
[Collection(LifeAndDeathTests.Name)]
public sealed class CrashTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [AppHostFact]
    public async Task The_exit_code_is_told_and_the_others_live_on()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await using var run = await TestedAppHost.StartAsync(timeout.Token, configure: project => Break(project, "webfrontend"));

        var ended = await run.App.ResourceNotifications.WaitForResourceAsync("webfrontend", Ended, timeout.Token);
        Assert.Equal((KnownResourceStates.Finished, 137, null), (ended.Snapshot.State!.Text, ended.Snapshot.ExitCode, ended.Snapshot.HealthStatus));
        Assert.True(ended.Snapshot.StopTimeStamp >= ended.Snapshot.StartTimeStamp);
        Assert.All(ended.Snapshot.Urls, url => Assert.True(url.IsInactive));

        // It can be started again, though it comes to the same.
        await run.ExecuteAsync("webfrontend", "start", timeout.Token);
        await run.App.ResourceNotifications.WaitForResourceAsync("webfrontend", resource => Ended(resource) && resource.Snapshot.CreationTimeStamp > ended.Snapshot.CreationTimeStamp, timeout.Token);
        var api = await run.App.ResourceNotifications.WaitForResourceHealthyAsync("apiservice", timeout.Token);
        Assert.Equal(KnownResourceStates.Running, api.Snapshot.State!.Text);
    }

    [AppHostFact]
    public async Task Without_a_dashboard_who_waits_for_it_fails_as_well()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await using var run = await TestedAppHost.StartAsync(timeout.Token, configure: project => Break(project, "apiservice"));

        await run.App.ResourceNotifications.WaitForResourceAsync("webfrontend", KnownResourceStates.FailedToStart, timeout.Token);
    }

    [AppHostFact]
    public async Task With_a_dashboard_who_waits_for_it_goes_on_waiting_for_somebody_to_start_it()
    {
        using var timeout = new CancellationTokenSource(Patience);
        var settings = new AppHostSettings();
        await using var run = await TestedAppHost.StartAsync(timeout.Token, settings, project => Break(project, "apiservice"));

        await run.App.ResourceNotifications.WaitForResourceAsync("apiservice", resource => Ended(resource) && resource.Snapshot.ExitCode == 137, timeout.Token);
        var waiting = await run.App.ResourceNotifications.WaitForResourceAsync("webfrontend", resource => resource.Snapshot.State?.Text == KnownResourceStates.Waiting, timeout.Token);

        Assert.Equal(["apiservice"], waiting.Snapshot.Properties.Single(property => property.Name == "resource.waitingFor").Value as IEnumerable<string>);

        // Who does not want to wait starts it by hand.
        await run.ExecuteAsync("webfrontend", "start", timeout.Token);
        var started = await run.App.ResourceNotifications.WaitForResourceAsync("webfrontend", resource => resource.Snapshot.HealthStatus == HealthStatus.Healthy, timeout.Token);
        Assert.DoesNotContain(started.Snapshot.Properties, property => property.Name == "resource.waitingFor");
    }

    private static bool Ended(ResourceEvent resource) => KnownResourceStates.TerminalStates.Contains(resource.Snapshot.State?.Text);

    /// <summary>With so little memory the runtime ends before it has begun.</summary>
    private static void Break(ProjectResource project, string name)
    {
        if (project.Name == name)
        {
            project.Environment["DOTNET_GCHeapHardLimit"] = "0x1000";
        }
    }
}
