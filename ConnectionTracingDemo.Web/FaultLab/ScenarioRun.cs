namespace ConnectionTracingDemo.Web.FaultLab;

/// <summary>What a scenario runs with: servers and clients of its own. All are gone when the run is.</summary>
/// <param name="servers">Where servers come from.</param>
/// <param name="requests">The requests of this run.</param>
/// <param name="end">Cancelled when the run has to end.</param>
internal sealed class ScenarioRun(FaultServerClient servers, RequestLimit requests, CancellationToken end) : IAsyncDisposable
{
    private readonly List<FaultServer> _servers = [];
    private readonly List<HttpClient> _clients = [];

    /// <summary>Starts a server that nobody else uses.</summary>
    /// <param name="kind">As in <c>POST /faults/{kind}</c> of apiservice.</param>
    public async Task<FaultServer> StartServerAsync(string kind)
    {
        var server = await servers.StartAsync(kind, end);
        _servers.Add(server);
        return server;
    }

    /// <summary>A client with a connection pool that nobody else uses.</summary>
    public HttpClient CreateClient(SocketsHttpHandler handler)
    {
        // To this machine, whatever proxy its owner has set; only one that the scenario brings is used.
        handler.UseProxy = handler.Proxy is not null;

        var client = new HttpClient(requests.Guard(handler)) { Timeout = Timeout.InfiniteTimeSpan };
        _clients.Add(client);
        return client;
    }

    /// <summary>Sends a request and reads the answer to its end. A request that fails is one to look at, not a failure of the run.</summary>
    /// <param name="patience">After this time the request is cancelled; null: when the run has to end.</param>
    public Task GetAsync(HttpClient client, Uri url, TimeSpan? patience = null) =>
        SendAsync(cancellation => client.GetAsync(url, cancellation), patience);

    /// <summary>As <see cref="GetAsync"/>, with a body.</summary>
    public Task PostAsync(HttpClient client, Uri url, HttpContent content) =>
        SendAsync(cancellation => client.PostAsync(url, content, cancellation));

    /// <summary>Sends that many requests side by side.</summary>
    public Task GetAtOnceAsync(HttpClient client, Uri url, int requests) =>
        Task.WhenAll(Enumerable.Range(0, requests).Select(_ => GetAsync(client, url)));

    /// <summary>Lets time pass between requests.</summary>
    public Task PauseAsync(TimeSpan time) => Task.Delay(time, end);

    private async Task SendAsync(Func<CancellationToken, Task<HttpResponseMessage>> send, TimeSpan? patience = null)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(end);
        cancellation.CancelAfter(patience ?? Timeout.InfiniteTimeSpan);
        try
        {
            using var response = await send(cancellation.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !end.IsCancellationRequested)
        {
            // Its span says why.
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await Task.WhenAll(_servers.Select(servers.StopAsync));
    }
}
