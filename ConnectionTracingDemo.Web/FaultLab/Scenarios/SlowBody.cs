using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class SlowBody : FaultScenario
{
    public override string Id => "slow-body";

    public override string Title => "A body that comes drop by drop";

    public override string WhatGoesWrong => "The headers come at once, the body of 10 kB takes two seconds.";

    public override string WhyItHappens => "A server that computes while it sends, a proxy that throttles, a bad line, or simply much data. Timings that end at the headers do not show it at all.";

    public override string LookFor => "Read is the long phase. The request’s own span ended at the headers, before it.";

    public override string ExpectedCause => FindingCause.SlowBody;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("slow-body");
        var client = run.CreateClient(new SocketsHttpHandler());

        await run.GetAsync(client, server.Url("/"));
    }
}
