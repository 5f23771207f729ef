using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Tests.LifeAndDeath;

/// <summary>
/// Something of a running application dies. A service that does is told, and the others live on; without DCP or the dashboard there is no going on:
/// one clear line, exit code 1, and nothing left running.
/// </summary>
[Collection(LifeAndDeathTests.Name)]
public sealed class FaultTests
{
    [AppHostFact]
    public async Task A_killed_AppHost_leaves_nothing_behind()
    {
        await using var appHost = AppHostRun.Start();
        await appHost.WaitUntilStartedAsync();

        var since = Stopwatch.GetTimestamp();
        OwnProcesses.Kill(appHost.ProcessId);

        await appHost.AssertAllGoneAsync(since);
    }

    [AppHostTheory]
    [InlineData(AppHostRun.Dashboard, "The dashboard ended by itself with exit code -1")]
    [InlineData(AppHostRun.DcpServer, "DCP, the process that runs the services, is gone")]
    [InlineData(AppHostRun.DcpControllers, "DCP, the process that runs the services, is gone")]
    public async Task What_the_application_cannot_do_without_is_named_and_ends_it(string victim, string message)
    {
        await using var appHost = AppHostRun.Start();
        await appHost.WaitUntilStartedAsync();
        var process = await appHost.WaitForProcessAsync(victim);

        var since = Stopwatch.GetTimestamp();
        OwnProcesses.Kill(process.Id);

        await appHost.AssertAllGoneAsync(since);
        Assert.Equal(1, appHost.ExitCode);
        Assert.Contains(message, appHost.Output, StringComparison.Ordinal);
        Assert.Equal(2, appHost.Output.Split("crit:").Length);
        Assert.DoesNotContain("   at Aspire.", appHost.Output, StringComparison.Ordinal);
    }

    [AppHostFact]
    public async Task A_service_that_is_killed_is_named_and_the_others_live_on()
    {
        await using var appHost = AppHostRun.Start();
        await appHost.WaitUntilStartedAsync();
        OwnProcesses.Kill((await appHost.WaitForProcessAsync(AppHostRun.Api)).Id);

        await appHost.WaitForOutputAsync("'apiservice' ended by itself with exit code -1");

        Assert.NotNull(appHost.Find(AppHostRun.Web));
        await AssertStopsInOrderAsync(appHost);
    }

    [AppHostFact]
    public async Task Services_that_cannot_be_started_are_named_with_what_may_be_missing()
    {
        var path = Directory.CreateTempSubdirectory();
        try
        {
            // A PATH with what starts the AppHost, and no dotnet.
            File.CreateSymbolicLink(Path.Combine(path.FullName, "env"), "/usr/bin/env");
            await using var appHost = AppHostRun.Start(new AppHostSettings().With("PATH", path.FullName).With("DOTNET_ROOT", Path.GetDirectoryName(Environment.ProcessPath)));

            await appHost.WaitForOutputAsync("'apiservice' could not be started");
            await appHost.WaitForOutputAsync("is dotnet on the PATH?");
        }
        finally
        {
            path.Delete(recursive: true);
        }
    }

    [AppHostFact]
    public async Task A_service_that_fails_at_start_is_named_with_its_reason_and_the_others_live_on()
    {
        await using var appHost = AppHostRun.Start(new AppHostSettings().With("WeatherApi__MaxWait", "nonsense"));

        await appHost.WaitForOutputAsync("'webfrontend' ended by itself with exit code");
        await appHost.WaitForOutputAsync("dotnet run --project");
        await appHost.WaitForOutputAsync("nonsense");

        Assert.NotNull(appHost.Find(AppHostRun.Api));
        await AssertStopsInOrderAsync(appHost);
    }

    /// <summary>The AppHost is as well as any other.</summary>
    private static async Task AssertStopsInOrderAsync(AppHostRun appHost)
    {
        await appHost.WaitForOutputAsync("Distributed application started.");
        var since = Stopwatch.GetTimestamp();
        OwnProcesses.Send(PosixSignal.SIGINT, appHost.ProcessId);

        await appHost.AssertAllGoneAsync(since);
        Assert.Equal(0, appHost.ExitCode);
        Assert.DoesNotContain("crit:", appHost.Output, StringComparison.Ordinal);
    }
}
