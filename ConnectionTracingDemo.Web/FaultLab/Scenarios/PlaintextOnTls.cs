using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class PlaintextOnTls : FaultScenario
{
    public override string Id => "plaintext-on-tls";

    public override string Title => "https to a port that speaks http";

    public override string WhatGoesWrong => "A request to an https address. The server at that port speaks http without TLS.";

    public override string WhyItHappens => "An address has the scheme of one endpoint and the port of another, or a proxy in front of the service ends TLS and the service behind it never had any.";

    public override string LookFor => "TCP works, TLS has failed at once. The exception speaks of a frame size or a wrong version number, not of http.";

    public override string ExpectedCause => FindingCause.PlaintextOnTlsPort;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("http");
        var client = run.CreateClient(new SocketsHttpHandler());

        await run.GetAsync(client, (server with { Scheme = Uri.UriSchemeHttps }).Url("/"));
    }
}
