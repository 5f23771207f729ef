using System.Diagnostics;

namespace Aspire.Hosting.Tests.LifeAndDeath;

/// <summary>Something of a running application dies: one clear line, exit code 1, and nothing left running.</summary>
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
    [InlineData(AppHostRun.Api, "'apiservice' ended by itself with exit code -1")]
    [InlineData(AppHostRun.Dashboard, "The dashboard ended by itself with exit code -1")]
    [InlineData(AppHostRun.DcpServer, "DCP, the process that runs the services, is gone")]
    [InlineData(AppHostRun.DcpControllers, "DCP, the process that runs the services, is gone")]
    public async Task Whatever_is_killed_is_named_and_ends_the_application(string victim, string message)
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
    public async Task A_service_that_fails_at_start_is_named_with_its_reason()
    {
        await using var appHost = AppHostRun.Start(new AppHostSettings().With("WeatherApi__MaxWait", "nonsense"));

        await appHost.WaitForExitAsync();

        await appHost.AssertAllGoneAsync(Stopwatch.GetTimestamp());
        Assert.Equal(1, appHost.ExitCode);
        Assert.Contains("'webfrontend' ended by itself with exit code", appHost.Output, StringComparison.Ordinal);
        Assert.Contains("dotnet run --project", appHost.Output, StringComparison.Ordinal);
        Assert.Contains("nonsense", appHost.Output, StringComparison.Ordinal);
    }
}
