using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class IdleClosed : FaultScenario
{
    // The third shows it at the earliest; the system is asked in the background, and not at any time.
    private const int Requests = 5;

    // Well beyond the idle time of the server.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public override string Id => "idle-closed";

    public override string Title => "The server closes idle connections";

    public override string WhatGoesWrong => $"{Requests} requests, one a second. The server closes a connection that has been idle for 200 ms; the client would have kept it for a minute.";

    public override string WhyItHappens => "Load balancers and servers have idle times of their own, often shorter than the client’s PooledConnectionIdleTimeout. Besides the new connection, there is a race: a request sent as the server closes may be lost.";

    public override string LookFor => "TCP and TLS in each bar, though nobody said Connection: close. Every connection served one request and was closed while nothing happened on it.";

    public override string ExpectedCause => FindingCause.IdleClosed;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("idle-closing");
        var client = run.CreateClient(server.CreateTrustingHandler());

        await run.GetAsync(client, server.Url("/"));
        for (var i = 1; i < Requests; i++)
        {
            await run.PauseAsync(Pause);
            await run.GetAsync(client, server.Url("/"));
        }
    }
}
