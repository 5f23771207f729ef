using System.Net;
using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class StreamLimit : FaultScenario
{
    private const int Requests = 8;

    public override string Id => "stream-limit";

    public override string Title => "The stream limit of HTTP/2";

    public override string WhatGoesWrong => $"{Requests} requests at once over one HTTP/2 connection. The server takes two at a time.";

    public override string WhyItHappens => "A server says how many streams a connection may carry; 100 is usual. gRPC calls that stream for long use them up, and HttpClient opens no second connection unless EnableMultipleHttp2Connections is set.";

    public override string LookFor => "The staircase of a small pool, but all on one connection.";

    public override string ExpectedCause => FindingCause.StreamLimit;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("stream-limit");
        var client = run.CreateClient(new SocketsHttpHandler());
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        // So that none of the others waits for the connection itself.
        await run.GetAsync(client, server.Url("/"));
        await run.GetAtOnceAsync(client, server.Url("/after/250ms"), Requests);
    }
}
