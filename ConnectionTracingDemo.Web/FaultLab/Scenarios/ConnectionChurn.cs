using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class ConnectionChurn : FaultScenario
{
    private const int Requests = 12;

    public override string Id => "connection-churn";

    public override string Title => "A new connection for every request";

    public override string WhatGoesWrong => $"{Requests} requests, one after the other. The server closes the connection after each answer.";

    public override string WhyItHappens => "A server or proxy says Connection: close because keep-alive is off there, or the client itself gives connections no time: a new HttpClientHandler per call, or a PooledConnectionLifetime of next to nothing.";

    public override string LookFor => "TCP and TLS in every bar, and a connection number of its own for every request. The server itself needs hardly any time.";

    public override string ExpectedCause => FindingCause.ConnectionChurn;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("closing");
        var client = run.CreateClient(server.CreateTrustingHandler());

        for (var i = 0; i < Requests; i++)
        {
            await run.GetAsync(client, server.Url("/"));
        }
    }
}
