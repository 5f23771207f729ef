using System.Diagnostics;
using System.Runtime.InteropServices;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.Tests.LifeAndDeath;

/// <summary>An AppHost that is asked to stop.</summary>
[Collection(LifeAndDeathTests.Name)]
public sealed class StopTests
{
    [AppHostTheory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task Ctrl_C_or_SIGTERM_stops_everything_in_order_and_exits_with_0(PosixSignal signal)
    {
        await using var appHost = AppHostRun.Start(new AppHostSettings().With("Logging__LogLevel__Aspire.Hosting", "Debug"));
        await appHost.WaitUntilStartedAsync();
        var web = await appHost.WaitForProcessAsync(AppHostRun.Web);
        var api = await appHost.WaitForProcessAsync(AppHostRun.Api);
        var dashboard = await appHost.WaitForProcessAsync(AppHostRun.Dashboard);

        var since = Stopwatch.GetTimestamp();
        OwnProcesses.Send(signal, appHost.ProcessId);

        // Who has to go later is looked at first: if it is gone, who has to go earlier must be gone as well when looked at then.
        await appHost.WaitAsync(
            () =>
            {
                var (dashboardRuns, apiRuns, webRuns) = (OwnProcesses.IsAlive(dashboard.Id), OwnProcesses.IsAlive(api.Id), OwnProcesses.IsAlive(web.Id));
                Assert.False(!dashboardRuns && apiRuns, "the dashboard went before apiservice");
                Assert.False(!apiRuns && webRuns, "apiservice went before webfrontend");
                return !dashboardRuns;
            },
            "the dashboard still runs",
            untilExit: false);

        await appHost.AssertAllGoneAsync(since);

        // Looks from outside may be too far apart to see one of them alone, so the AppHost says how it went.
        Assert.Equal(
            ["Stopped: webfrontend.", "Stopped: apiservice.", "Stopped: the dashboard."],
            appHost.Output.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("Stopped: ", StringComparison.Ordinal)));
        Assert.Equal(0, appHost.ExitCode);
        Assert.DoesNotContain("crit:", appHost.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", appHost.Output, StringComparison.Ordinal);
    }

    [AppHostTheory]
    [InlineData(AppHostRun.DcpServer)]
    [InlineData(AppHostRun.Dashboard)]
    [InlineData(AppHostRun.Api)]
    public async Task SIGTERM_while_it_starts_stops_what_there_is_and_exits_with_0(string lastStarted)
    {
        await using var appHost = AppHostRun.Start();
        await appHost.WaitForProcessAsync(lastStarted);

        var since = Stopwatch.GetTimestamp();
        OwnProcesses.Send(PosixSignal.SIGTERM, appHost.ProcessId);

        await appHost.AssertAllGoneAsync(since);
        Assert.Equal(0, appHost.ExitCode);
        Assert.DoesNotContain("crit:", appHost.Output, StringComparison.Ordinal);
    }

    [AppHostFact]
    public async Task Ctrl_C_in_a_terminal_reaches_dotnet_run_and_the_AppHost_and_nobody_else()
    {
        await using var dotnetRun = AppHostRun.StartWithDotNetRun();
        await dotnetRun.WaitUntilStartedAsync();

        var since = Stopwatch.GetTimestamp();
        OwnProcesses.Send(PosixSignal.SIGINT, -dotnetRun.ProcessId);

        await dotnetRun.AssertAllGoneAsync(since);
        Assert.Equal(0, dotnetRun.ExitCode);
        Assert.DoesNotContain("crit:", dotnetRun.Output, StringComparison.Ordinal);
    }

    [AppHostFact]
    public async Task A_service_that_cannot_stop_is_killed_in_time()
    {
        await using var appHost = AppHostRun.Start();
        await appHost.WaitUntilStartedAsync();
        OwnProcesses.Freeze((await appHost.WaitForProcessAsync(AppHostRun.Api)).Id);

        var since = Stopwatch.GetTimestamp();
        OwnProcesses.Send(PosixSignal.SIGINT, appHost.ProcessId);

        await appHost.AssertAllGoneAsync(since);
        Assert.Equal(0, appHost.ExitCode);
    }

    [AppHostFact]
    public async Task It_can_be_started_again_at_once_on_the_same_ports()
    {
        // The services' own ports as well, where nobody else on this machine has them.
        var settings = new AppHostSettings();
        if (IsFree(5180) && IsFree(5380))
        {
            settings.With("DcpPublisher__RandomizePorts", "false");
        }

        for (var round = 0; round < 3; round++)
        {
            await using var appHost = AppHostRun.Start(settings);
            await appHost.WaitUntilStartedAsync();
            OwnProcesses.Send(PosixSignal.SIGINT, appHost.ProcessId);

            // Only for the AppHost itself, as a shell does: whatever trails behind it must not be in the way.
            await appHost.WaitForExitAsync();
            Assert.Equal(0, appHost.ExitCode);
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            PortCheck.EnsureFree(port, "this test");
            return true;
        }
        catch (DistributedApplicationException)
        {
            return false;
        }
    }
}
