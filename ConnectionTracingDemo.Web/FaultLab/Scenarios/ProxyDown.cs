using System.Net;
using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class ProxyDown : FaultScenario
{
    public override string Id => "proxy-down";

    public override string Title => "A proxy that is down";

    public override string WhatGoesWrong => "A request through a proxy. Nothing listens at the proxy’s port; the server itself is healthy.";

    public override string WhyItHappens => "HTTP_PROXY or HTTPS_PROXY is set on this machine or in this container, and the proxy has moved, has stopped, or is one that only another network reaches.";

    public override string LookFor => "The TCP phase has failed, as with a server that is down. The exception has the address of the proxy but does not say that it is one; the finding does.";

    public override string ExpectedCause => FindingCause.ProxyUnreachable;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("https");
        var proxy = await run.StartServerAsync("refusing");
        var handler = server.CreateTrustingHandler();
        handler.Proxy = new WebProxy(proxy.Url("/"));
        var client = run.CreateClient(handler);

        await run.GetAsync(client, server.Url("/"));
    }
}
