using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class UntrustedCertificate : FaultScenario
{
    public override string Id => "untrusted-certificate";

    public override string Title => "A certificate that nobody trusts";

    public override string WhatGoesWrong => "The server made its certificate itself, a moment ago. The client validates it, as it should, and hangs up.";

    public override string WhyItHappens => "An internal authority that a new machine or container does not know, a certificate that has expired or is for another name, or a development certificate that nobody trusted.";

    public override string LookFor => "TCP works, TLS has failed. Switching validation off is not the cure: have the client trust the right authority.";

    public override string ExpectedCause => FindingCause.UntrustedCertificate;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("https");
        var client = run.CreateClient(new SocketsHttpHandler());

        await run.GetAsync(client, server.Url("/"));
    }
}
