using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class SmallPool : FaultScenario
{
    private const int Connections = 2;
    private const int Requests = 8;

    public override string Id => "small-pool";

    public override string Title => "A burst on a small pool";

    public override string WhatGoesWrong => $"{Requests} requests at once, and MaxConnectionsPerServer is {Connections}. The server answers each in a quarter of a second; most of the time they wait for each other.";

    public override string WhyItHappens => "Somebody limited the connections for a server that could not take many, years ago. Or code from .NET Framework, where 2 was the default, brought its setting along.";

    public override string LookFor => "A staircase: two bars at a time, each pair after a longer queue. The waits for the server are all the same.";

    public override string ExpectedCause => FindingCause.PoolSaturated;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("http");
        var client = run.CreateClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections });

        await run.GetAtOnceAsync(client, server.Url("/after/250ms"), Requests);
    }
}
