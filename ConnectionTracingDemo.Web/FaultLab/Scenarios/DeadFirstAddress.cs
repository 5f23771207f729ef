using System.Net;
using System.Net.Sockets;
using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class DeadFirstAddress : FaultScenario
{
    private static readonly TimeSpan PatiencePerAddress = TimeSpan.FromMilliseconds(300);

    public override string Id => "dead-first-address";

    public override string Title => "IPv6 is dead, IPv4 works";

    public override string WhatGoesWrong => $"The server has two addresses, ::1 and 127.0.0.1, and only the second answers. A ConnectCallback gives each {PatiencePerAddress.TotalMilliseconds} ms. (On a machine without IPv6, 127.0.0.2 plays the first.)";

    public override string WhyItHappens => "A name has an AAAA record, but the way there by IPv6 leads nowhere. HttpClient tries the addresses one after the other, in the order in which DNS gives them, and each new connection pays for the dead one first.";

    public override string LookFor => "Two TCP phases: a failed one, then a short one that works. The request succeeds, so nobody looks.";

    public override string ExpectedCause => FindingCause.FirstAddressFails;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("dead-first-address");

        // What the handler does itself with a name that has both addresses; here without asking DNS, which may not know ::1 at all.
        var client = run.CreateClient(new SocketsHttpHandler { ConnectCallback = (_, cancellation) => ConnectAsync(server.EndPoints, cancellation) });

        await run.GetAsync(client, server.Url("/", host: "localhost"));
    }

    private static async ValueTask<Stream> ConnectAsync(IEnumerable<IPEndPoint> endPoints, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        foreach (var endPoint in endPoints)
        {
            var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(PatiencePerAddress);
            try
            {
                await socket.ConnectAsync(endPoint, patience.Token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                socket.Dispose();
                failure = exception;
            }
        }

        throw new IOException("None of the addresses answered.", failure);
    }
}
