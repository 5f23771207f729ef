using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class HangingConnect : FaultScenario
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    public override string Id => "hanging-connect";

    public override string Title => "A connect that hangs";

    public override string WhatGoesWrong => $"The server’s backlog is full, and nobody answers those who knock. ConnectTimeout gives up after {ConnectTimeout.TotalSeconds} s. (Windows refuses instead.)";

    public override string WhyItHappens => "A firewall that drops packets, a machine that is down, or a server too busy to accept. Without ConnectTimeout, the request goes on trying for as long as it may take: 100 s by default.";

    public override string LookFor => "One TCP phase, failed, as long as ConnectTimeout.";

    // Windows lets nobody wait for a place in the backlog.
    public override string ExpectedCause => OperatingSystem.IsWindows() ? FindingCause.ConnectionRefused : FindingCause.SlowConnect;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("hanging");
        var client = run.CreateClient(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout });

        await run.GetAsync(client, server.Url("/"));
    }
}
