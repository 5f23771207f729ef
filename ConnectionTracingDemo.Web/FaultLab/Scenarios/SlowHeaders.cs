using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class SlowHeaders : FaultScenario
{
    public override string Id => "slow-headers";

    public override string Title => "A server that thinks for long";

    public override string WhatGoesWrong => "The server takes three seconds before it begins to answer.";

    public override string WhyItHappens => "A slow query, a lock, a service behind it that is slow itself, or a thread pool that has run dry. The network has nothing to do with it, though it is often blamed.";

    public override string LookFor => "Wait is nearly the whole bar. What comes before it, the connection included, is short: look at the server’s span of the trace.";

    public override string ExpectedCause => FindingCause.SlowServer;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("http");
        var client = run.CreateClient(new SocketsHttpHandler());

        await run.GetAsync(client, server.Url("/after/3000ms"));
    }
}
