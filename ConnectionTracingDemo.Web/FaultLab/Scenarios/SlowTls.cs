using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class SlowTls : FaultScenario
{
    public override string Id => "slow-tls";

    public override string Title => "A slow TLS handshake";

    public override string WhatGoesWrong => "Two requests. The server accepts the connection at once and lets the handshake lie for two seconds.";

    public override string WhyItHappens => "A server short of CPU, a key in a hardware module, a client certificate that somebody has to be asked about, or a chain that a side fetches over the network: revocation lists above all.";

    public override string LookFor => "TCP is short and TLS is long. The second request knows nothing of it: the connection is open.";

    public override string ExpectedCause => FindingCause.SlowTls;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("slow-tls");
        var client = run.CreateClient(server.CreateTrustingHandler());

        await run.GetAsync(client, server.Url("/cold"));
        await run.GetAsync(client, server.Url("/warm"));
    }
}
