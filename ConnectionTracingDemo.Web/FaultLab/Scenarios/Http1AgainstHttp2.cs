using System.Net;
using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class Http1AgainstHttp2 : FaultScenario
{
    private const int Requests = 24;

    public override string Id => "http1-against-http2";

    public override string Title => "HTTP/1.1 against HTTP/2";

    public override string WhatGoesWrong => $"{Requests} requests at once over HTTP/1.1, each on a connection of its own. Then the same over HTTP/2: one connection carries them all.";

    public override string WhyItHappens => "HttpClient asks for HTTP/1.1 unless told otherwise. After a start, or a quiet time, the first burst opens as many connections as it has requests, and the server does as many handshakes at once.";

    public override string LookFor => $"{Requests} connection numbers with a TCP and a TLS phase each, against one number for all. Over HTTP/2 the others wait for the handshake of the first.";

    public override string ExpectedCause => FindingCause.ColdStartBurst;

    public override async Task RunAsync(ScenarioRun run)
    {
        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            // A server for each, because no connection of the one is to serve the other.
            var server = await run.StartServerAsync("https");
            var client = run.CreateClient(server.CreateTrustingHandler());
            client.DefaultRequestVersion = version;
            client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;

            await run.GetAtOnceAsync(client, server.Url("/after/250ms"), Requests);
        }
    }
}
