using System.Net;
using System.Net.Sockets;
using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class SlowResolver : FaultScenario
{
    private static readonly TimeSpan ResolveTime = TimeSpan.FromSeconds(2.5);

    public override string Id => "slow-resolver";

    public override string Title => "A slow resolver in a ConnectCallback";

    public override string WhatGoesWrong => $"Two requests. A ConnectCallback finds the server’s address with a resolver of its own, which takes {ResolveTime.TotalSeconds} s.";

    public override string WhyItHappens => "The callback asks a service registry, a DNS library or a key vault before it connects. That code has no spans, so the time does not show up as DNS or TCP.";

    public override string LookFor => "Other is the long phase, before a short TCP. The second request uses the connection and does not pay.";

    public override string ExpectedCause => FindingCause.SlowSetup;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("http");
        var client = run.CreateClient(new SocketsHttpHandler { ConnectCallback = (_, cancellation) => ConnectAsync(server, cancellation) });

        await run.GetAsync(client, server.Url("/cold"));
        await run.GetAsync(client, server.Url("/warm"));
    }

    private static async ValueTask<Stream> ConnectAsync(FaultServer server, CancellationToken cancellationToken)
    {
        var endPoint = await ResolveAsync(server, cancellationToken);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<IPEndPoint> ResolveAsync(FaultServer server, CancellationToken cancellationToken)
    {
        await Task.Delay(ResolveTime, cancellationToken);
        return server.EndPoints.First();
    }
}
