namespace ConnectionTracingDemo.Stress;

/// <summary>A kind of operation.</summary>
/// <param name="Name">The first segment of the paths of its requests.</param>
/// <param name="Weight">How often it comes, in relation to the others.</param>
/// <param name="RunAsync">Throws when it fails.</param>
/// <param name="Over">The transports that it works over; null: all.</param>
internal sealed record Operation(string Name, int Weight, Func<OperationRun, Task> RunAsync, Transport[]? Over = null)
{
    /// <summary>Sums of weights, to draw from.</summary>
    public static Operation Draw(IReadOnlyList<Operation> operations, Random random)
    {
        var drawn = random.Next(operations.Sum(operation => operation.Weight));
        return operations.First(operation => (drawn -= operation.Weight) < 0);
    }
}

/// <summary>One run of an operation. All that is random in it comes from its seed.</summary>
internal sealed class OperationRun(string name, long id, Transport transport, Random random, Servers servers, Clients clients)
{
    public Random Random => random;

    public Transport Transport => transport;

    public Clients Clients => clients;

    public HttpClient Calm => clients.Calm(transport);

    public HttpClient Rough => clients.Rough(transport);

    /// <summary>Of the bodies.</summary>
    public long Seed => id;

    public int SmallSize() => random.Next(1, 2_000);

    public int LargeSize() => random.Next(64 * 1024, Payload.MaxSize);

    /// <param name="query">How the server is to answer.</param>
    /// <param name="rough">Whether it is the server where things go wrong.</param>
    /// <param name="suffix">Tells the requests of an operation apart.</param>
    public Uri Url(string query, bool rough = false, string suffix = "") =>
        // At the rough servers also by name: their addresses are looked up.
        new($"{transport.Scheme()}://{(rough && random.Next(2) == 0 ? "localhost" : "127.0.0.1")}:{servers.PortOf(transport, rough)}/{name}/{id}{suffix}?{query}");

    public HttpRequestMessage Request(HttpMethod method, Uri url, HttpContent? content = null) => new(method, url)
    {
        Version = transport.Version(),
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = content,
    };

    public HttpRequestMessage Get(int size, string query = "", bool rough = false, string suffix = "") =>
        Request(HttpMethod.Get, Url($"seed={Seed}&size={size}&{query}", rough, suffix));

    public HttpRequestMessage Echo(HttpContent content, string query = "", bool rough = false) =>
        Request(HttpMethod.Post, Url($"echo&{query}", rough), content);

    /// <summary>Sends a GET and checks its buffered body.</summary>
    public async Task GetAsync(HttpClient client, string query = "", bool rough = false, string suffix = "", CancellationToken cancellationToken = default)
    {
        var size = SmallSize();
        using var request = Get(size, query, rough, suffix);
        using var response = await client.SendAsync(request, cancellationToken);
        await CheckAsync(response, size, cancellationToken);
    }

    public async Task CheckAsync(HttpResponseMessage response, int size, CancellationToken cancellationToken = default)
    {
        response.EnsureSuccessStatusCode();
        Payload.Check(await response.Content.ReadAsByteArrayAsync(cancellationToken), Seed, size);
    }
}
