using ConnectionTracing;

namespace ConnectionTracingDemo.Stress;

/// <summary>The operations that fail, or are hard on connections, on purpose.</summary>
internal static class RoughOperations
{
    private static readonly Transport[] OverHttp1 = [Transport.Http1, Transport.Http1Tls];
    private static readonly Transport[] OverHttp2 = [Transport.Http2];

    public static IReadOnlyList<Operation> All { get; } =
    [
        new("cancel", 6, run => CancelAsync(run, run.Rough)),
        new("cancel-upload", 3, CancelUploadAsync),
        new("cancel-opening", 3, CancelOpeningAsync),
        new("dispose-early", 2, DisposeEarlyAsync),
        new("abort-headers", 2, run => AbortAsync(run, run.Rough, "abort=headers")),
        new("abort-body", 2, run => AbortAsync(run, run.Rough, "abort=body")),
        new("abort-connection", 1, AbortConnectionAsync, OverHttp2),
        new("connection-close", 3, run => run.GetAsync(run.Rough, "close", rough: true), OverHttp1),
        new("churn", 2, ChurnAsync),
        new("burst", 1, run => BurstAsync(run, run.Rough)),
        new("burst-limited", 1, run => BurstAsync(run, run.Clients.Limited(run.Transport))),
        new("hedged", 2, HedgedAsync),
    ];

    /// <summary>What the diagnosis may find at the servers that these use.</summary>
    public static IReadOnlyCollection<string> Provoked { get; } =
    [
        FindingCause.ConnectionChurn,
        FindingCause.ColdStartBurst,
        FindingCause.PoolSaturated,
        FindingCause.StreamLimit,
        FindingCause.SerializedDns,
        // The name has an IPv6 address on some machines, where the servers do not listen.
        FindingCause.FirstAddressFails,
    ];

    private static async Task CancelAsync(OperationRun run, HttpClient client)
    {
        using var cancel = new CancellationTokenSource(run.Random.Next(0, 30));
        await ToleratingAsync(() => run.GetAsync(client, $"delay={run.Random.Next(0, 30)}", rough: true, cancellationToken: cancel.Token), cancel.Token);
    }

    private static async Task CancelUploadAsync(OperationRun run)
    {
        using var cancel = new CancellationTokenSource(run.Random.Next(0, 15));
        await ToleratingAsync(async () =>
        {
            var size = run.SmallSize();
            using var request = run.Echo(new ChunkedContent(run, size, pause: true), rough: true);
            using var response = await run.Rough.SendAsync(request, cancel.Token);
            await run.CheckAsync(response, size, cancel.Token);
        }, cancel.Token);
    }

    /// <summary>The connection of a new client is hardly open when its request is cancelled.</summary>
    private static async Task CancelOpeningAsync(OperationRun run)
    {
        using var client = Clients.NewClient(new ShortLivedHandler());
        using var cancel = new CancellationTokenSource(TimeSpan.FromMicroseconds(run.Random.Next(0, 8_000)));
        await ToleratingAsync(() => run.GetAsync(client, rough: true, cancellationToken: cancel.Token), cancel.Token);
    }

    private static async Task DisposeEarlyAsync(OperationRun run)
    {
        using var request = run.Get(run.LargeSize(), rough: true);
        using var response = await run.Rough.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[run.Random.Next(0, 10_000)]);
    }

    private static async Task AbortAsync(OperationRun run, HttpClient client, string how)
    {
        try
        {
            await run.GetAsync(client, how, rough: true);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return;
        }

        throw new InvalidDataException("The server aborted the request, and it succeeded.");
    }

    /// <summary>With all its streams; so the client is not shared.</summary>
    private static async Task AbortConnectionAsync(OperationRun run)
    {
        using var client = Clients.NewClient(new ShortLivedHandler());
        await Task.WhenAll(
            AbortAsync(run, client, "connection&abort=headers&delay=20"),
            AbortAsync(run, client, "connection&abort=body&delay=20"));
    }

    private static async Task ChurnAsync(OperationRun run)
    {
        using var client = Clients.NewClient(new ShortLivedHandler());
        for (var i = run.Random.Next(1, 4); i > 0; i--)
        {
            await run.GetAsync(client, rough: true, suffix: $"/{i}");
        }
    }

    private static async Task BurstAsync(OperationRun run, HttpClient client)
    {
        var requests = Enumerable.Range(0, run.Random.Next(8, 30)).Select(i => run.GetAsync(client, $"delay={run.Random.Next(0, 10)}", rough: true, suffix: $"/{i}"));
        await Task.WhenAll(requests.ToList());
    }

    /// <summary>Two requests in one call; the slower one is cancelled.</summary>
    private static async Task HedgedAsync(OperationRun run)
    {
        using var client = Clients.NewClient(new HedgingHandler(run, new ShortLivedHandler()));
        await run.GetAsync(client, $"delay={run.Random.Next(0, 10)}", rough: true);
    }

    private static async Task ToleratingAsync(Func<Task> run, CancellationToken cancelled)
    {
        try
        {
            await run();
        }
        catch (Exception exception) when (cancelled.IsCancellationRequested && exception is (OperationCanceledException or HttpRequestException or IOException))
        {
        }
    }

    private sealed class HedgingHandler(OperationRun run, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var second = run.Request(request.Method, request.RequestUri!);
            var calls = new[] { base.SendAsync(request, cancel.Token), base.SendAsync(second, cancel.Token) };
            var winner = await Task.WhenAny(calls);
            await cancel.CancelAsync();
            foreach (var loser in calls.Where(call => call != winner))
            {
                await ToleratingAsync(async () => (await loser).Dispose(), cancel.Token);
            }

            return await winner;
        }
    }
}
