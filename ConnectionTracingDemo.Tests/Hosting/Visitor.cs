using System.Diagnostics;

namespace ConnectionTracingDemo.Tests.Hosting;

/// <summary>Asks the Web project for pages. Nothing is retried, and nothing of the test's own tracing is sent along.</summary>
internal sealed class Visitor : IDisposable
{
    private int _visits;

    private readonly HttpClient _client;

    public Visitor(Uri webUrl)
    {
        _client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null })
        {
            BaseAddress = webUrl,
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public void Dispose() => _client.Dispose();

    /// <summary>An address of the Weather page that nobody has asked for yet, so that no cache can answer.</summary>
    public string NewWeatherAddress() => $"/weather?visit={Interlocked.Increment(ref _visits)}";

    public Task<Page> GetNewWeatherAsync() => GetAsync(NewWeatherAddress());

    public async Task<Page> GetAsync(string address)
    {
        var start = Stopwatch.GetTimestamp();
        using var response = await _client.GetAsync(address);
        return new Page(response.StatusCode, await response.Content.ReadAsStringAsync(), Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Asks for a page and leaves before it has come.</summary>
    /// <param name="address">The page.</param>
    /// <param name="traceId">The trace to ask in, since somebody who leaves never sees the page that would tell it.</param>
    /// <param name="patience">When to leave.</param>
    /// <returns>Whether the visitor had to leave; not so where the page came sooner.</returns>
    public async Task<bool> LeaveEarlyAsync(string address, ActivityTraceId traceId, TimeSpan patience)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("traceparent", $"00-{traceId}-{ActivitySpanId.CreateRandom()}-01");
        using var leaving = new CancellationTokenSource(patience);
        try
        {
            using var response = await _client.SendAsync(request, leaving.Token);
            return false;
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            return true;
        }
    }
}
