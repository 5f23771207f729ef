using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace Aspire.Hosting.Tests.LifeAndDeath;

/// <summary>Commands to the resources of a running application, on the real DCP.</summary>
[Collection(LifeAndDeathTests.Name)]
public sealed class CommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [AppHostFact]
    public async Task A_service_can_be_stopped_started_and_restarted_while_others_depend_on_it()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await using var run = await TestedAppHost.StartAsync(timeout.Token);
        var app = run.App;
        var notifications = app.ResourceNotifications;
        await notifications.WaitForResourceHealthyAsync("webfrontend", timeout.Token);

        // Two at once, in whatever order, do not get in each other's way.
        var restarts = await Task.WhenAll(Execute("restart"), Execute("restart"));
        Assert.All(restarts, result => Assert.True(result.Success, result.Message));
        await notifications.WaitForResourceHealthyAsync("apiservice", timeout.Token);

        // What is done already is told, or nothing to do.
        Assert.Equal("'apiservice' runs already.", (await Execute("start")).Message);
        Assert.True((await Execute("stop")).Success);
        Assert.True((await Execute("stop")).Success);
        await notifications.WaitForResourceAsync("apiservice", KnownResourceStates.Finished, timeout.Token);
        Assert.True((await Execute("start")).Success);
        await notifications.WaitForResourceHealthyAsync("apiservice", timeout.Token);

        // Who depends on it has not noticed, and finds it where it was.
        using var client = app.CreateHttpClient("apiservice", "http");
        Assert.Contains("temperatureC", await client.GetStringAsync(new Uri("weatherforecast", UriKind.Relative), timeout.Token), StringComparison.Ordinal);
        await notifications.WaitForResourceAsync("webfrontend", KnownResourceStates.Running, timeout.Token);

        await app.StopAsync(timeout.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Execute("start"));

        Task<ExecuteCommandResult> Execute(string command) => app.ResourceCommands.ExecuteCommandAsync("apiservice", command, timeout.Token);
    }

    [AppHostFact]
    public async Task A_service_that_cannot_stop_can_be_restarted()
    {
        var processes = new OwnProcesses();
        using var timeout = new CancellationTokenSource(Patience);
        await using var run = await TestedAppHost.StartAsync(timeout.Token, configure: project => project.Environment[OwnProcesses.Variable] = processes.MarkValue);
        var app = run.App;
        await app.ResourceNotifications.WaitForResourceHealthyAsync("apiservice", timeout.Token);
        var frozen = processes.Find(AppHostRun.Api)!.Id;
        OwnProcesses.Freeze(frozen);

        var result = await app.ResourceCommands.ExecuteCommandAsync("apiservice", "restart", timeout.Token);

        Assert.True(result.Success, result.Message);
        Assert.False(OwnProcesses.IsAlive(frozen));
        await app.ResourceNotifications.WaitForResourceHealthyAsync("apiservice", timeout.Token);
    }
}
