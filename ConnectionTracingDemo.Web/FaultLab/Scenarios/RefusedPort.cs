using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class RefusedPort : FaultScenario
{
    public override string Id => "refused-port";

    public override string Title => "A port where nobody listens";

    public override string WhatGoesWrong => "A request to a port where nobody listens.";

    public override string WhyItHappens => "The service has not started yet, has crashed, or listens elsewhere: on another port, or only on another address of its machine.";

    public override string LookFor => "The TCP phase has failed, and at once: somebody was there to refuse.";

    public override string ExpectedCause => FindingCause.ConnectionRefused;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("refusing");
        var client = run.CreateClient(new SocketsHttpHandler());

        await run.GetAsync(client, server.Url("/"));
    }
}
