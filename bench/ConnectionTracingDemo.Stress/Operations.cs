using System.Net;
using System.Net.WebSockets;

namespace ConnectionTracingDemo.Stress;

/// <summary>The operations. Those where something goes wrong on purpose are in <see cref="RoughOperations"/>.</summary>
internal static class Operations
{
    private static readonly Transport[] OverHttp1 = [Transport.Http1, Transport.Http1Tls];
    private static readonly Transport[] OverHttp2 = [Transport.Http2];

    public static IReadOnlyList<Operation> Calm { get; } =
    [
        new("get-buffered", 6, run => run.GetAsync(run.Calm, $"delay={run.Random.Next(0, 4)}")),
        new("get-large-buffered", 2, GetLargeAsync),
        new("get-streamed", 4, GetStreamedAsync),
        new("get-sync", 2, GetSync, OverHttp1),
        new("post-echo", 4, run => EchoAsync(run, size => new ReadOnlyMemoryContent(Payload.Of(run.Seed, size)))),
        new("upload-chunked", 3, run => EchoAsync(run, size => new ChunkedContent(run, size))),
        new("upload-slow", 2, run => EchoAsync(run, size => new ChunkedContent(run, size, pause: true))),
        new("duplex", 6, DuplexAsync, OverHttp2),
        new("expect-continue", 2, ExpectContinueAsync),
        new("redirect", 3, RedirectAsync),
        new("suppressed-flow", 3, SuppressedFlowAsync),
        new("nested-in-content", 3, NestedInContentAsync),
        new("nested-in-handler", 2, NestedInHandlerAsync),
        new("nested-in-early-processor", 1, run => run.GetAsync(run.Calm)),
        new("nested-in-late-processor", 1, run => run.GetAsync(run.Calm)),
        new("no-propagator", 3, NoPropagatorAsync),
        new("tunnel", 3, run => run.GetAsync(run.Clients.Proxied(run.Transport)), [Transport.Http1Tls, Transport.Http2]),
        new("websocket", 3, WebSocketAsync),
    ];

    private static async Task GetLargeAsync(OperationRun run)
    {
        var size = run.LargeSize();
        using var request = run.Get(size);
        using var response = await run.Calm.SendAsync(request);
        await run.CheckAsync(response, size);
    }

    private static async Task GetStreamedAsync(OperationRun run)
    {
        var size = run.Random.Next(2) == 0 ? run.SmallSize() : run.LargeSize();
        using var request = run.Get(size, $"delay={run.Random.Next(0, 20)}");
        using var response = await run.Calm.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await run.CheckAsync(response, size);
    }

    private static Task GetSync(OperationRun run)
    {
        var size = run.SmallSize();
        using var request = run.Get(size);
        using var response = run.Calm.Send(request);
        using var body = new MemoryStream();
        response.EnsureSuccessStatusCode().Content.CopyTo(body, null, CancellationToken.None);
        Payload.Check(body.ToArray(), run.Seed, size);
        return Task.CompletedTask;
    }

    private static async Task EchoAsync(OperationRun run, Func<int, HttpContent> content)
    {
        var size = run.Random.Next(3) == 0 ? run.LargeSize() : run.SmallSize();
        using var request = run.Echo(content(size), $"delay={run.Random.Next(0, 4)}{(run.Random.Next(4) == 0 ? "&early" : "")}");
        using var response = await run.Calm.SendAsync(request, run.Random.Next(2) == 0 ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead);
        await run.CheckAsync(response, size);
    }

    /// <summary>The answer's headers come before the end of the body, which goes on when they have.</summary>
    private static async Task DuplexAsync(OperationRun run)
    {
        var size = run.SmallSize();
        var answered = new TaskCompletionSource();
        using var request = run.Echo(new ChunkedContent(run, size, goOn: answered.Task), $"early&duplex&delay={run.Random.Next(0, 10)}");
        using var response = await run.Calm.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answered.SetResult();
        await run.CheckAsync(response, size);
    }

    private static async Task ExpectContinueAsync(OperationRun run)
    {
        var size = run.SmallSize();
        var reject = run.Random.Next(4) == 0;
        using var request = run.Echo(new ReadOnlyMemoryContent(Payload.Of(run.Seed, size)), $"delay={run.Random.Next(0, 20)}{(reject ? "&reject" : "")}");
        request.Headers.ExpectContinue = true;
        using var response = await run.Calm.SendAsync(request);
        if (!reject)
        {
            await run.CheckAsync(response, size);
        }
        else if (response.StatusCode is not HttpStatusCode.ExpectationFailed)
        {
            throw new InvalidDataException($"The status is {response.StatusCode}.");
        }
    }

    private static Task RedirectAsync(OperationRun run) =>
        run.GetAsync(run.Calm, $"redirect={run.Random.Next(1, 4)}&status={run.Random.Next(301, 304)}");

    private static async Task SuppressedFlowAsync(OperationRun run)
    {
        Task request;
        using (ExecutionContext.SuppressFlow())
        {
            request = run.Random.Next(2) == 0 ? run.GetAsync(run.Calm) : Task.Run(() => run.GetAsync(run.Calm));
        }

        await request;
    }

    private static Task NestedInContentAsync(OperationRun run) => EchoAsync(run, size => new ChunkedContent(run, size, inner: () => run.GetAsync(run.Calm, suffix: "/inner")));

    private static async Task NestedInHandlerAsync(OperationRun run)
    {
        var size = run.SmallSize();
        using var request = run.Get(size);
        request.Options.Set(NestingHandler.Call, () => run.GetAsync(run.Calm, suffix: "/inner"));
        using var response = await run.Clients.Nesting(run.Transport).SendAsync(request);
        await run.CheckAsync(response, size);
    }

    /// <summary>The body of a request is what another one gets, whose client makes no activity.</summary>
    private static Task NoPropagatorAsync(OperationRun run) => EchoAsync(run, size => new ChunkedContent(run, size, inner: () =>
        run.GetAsync(run.Clients.Unpropagated(run.Transport), $"delay={run.Random.Next(0, 20)}", suffix: "/inner")));

    private static async Task WebSocketAsync(OperationRun run)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = run.Transport.Version();
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var url = new UriBuilder(run.Url("")) { Scheme = run.Transport == Transport.Http1 ? "ws" : "wss" }.Uri;
        await socket.ConnectAsync(url, run.Calm, timeout.Token);

        var buffer = new byte[4 * 1024];
        for (var i = run.Random.Next(1, 4); i > 0; i--)
        {
            var size = run.SmallSize();
            await socket.SendAsync(Payload.Of(run.Seed, size), WebSocketMessageType.Binary, endOfMessage: true, timeout.Token);
            var read = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(buffer.AsMemory(read), timeout.Token);
                read += received.Count;
            }
            while (!received.EndOfMessage);

            Payload.Check(buffer.AsSpan(0, read), run.Seed, size);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token);
    }
}
