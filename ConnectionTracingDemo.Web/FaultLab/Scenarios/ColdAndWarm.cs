namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class ColdAndWarm : FaultScenario
{
    public override string Id => "cold-and-warm";

    public override string Title => "Cold and warm";

    public override string WhatGoesWrong => "Nothing. Three requests, one after the other: the first opens a connection, the others use it.";

    public override string WhyItHappens => "Every process begins like this, and every connection that the pool gave up has a first request again. A health check after a start, or a scheduled call once an hour, is always cold.";

    public override string LookFor => "DNS, TCP and TLS in the first bar only. In the others the wait for the server is nearly all there is.";

    public override string WhyNoFinding => "An open connection has to be opened once. It would be a fault if it happened again and again.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("https");
        var client = run.CreateClient(server.CreateTrustingHandler());

        // By name, because the lookup is part of what a first request costs.
        foreach (var path in (string[])["/cold", "/warm", "/warm-again"])
        {
            await run.GetAsync(client, server.Url(path, host: "localhost"));
        }
    }
}
