using System.Net.Http.Json;
using System.Text.Json;

namespace ConnectionTracingDemo.Tests.Telemetry;

/// <summary>What the dashboard has received, read through its telemetry API.</summary>
internal sealed class DashboardTelemetry : IDisposable
{
    // More than any run sends; without a limit the API tells only the newest 200.
    private const string EverySpan = "limit=100000";

    /// <summary>Services send once per second, the processes are new, and the machine may be busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client;

    public DashboardTelemetry(Uri dashboardUrl, string apiKey)
    {
        _client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null })
        {
            BaseAddress = new Uri(dashboardUrl, "api/telemetry/"),
            // A stream of spans has no end; the waits have limits of their own.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.Add("x-api-key", apiKey);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>All spans received so far.</summary>
    public async Task<IReadOnlyList<Span>> GetSpansAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        var answer = await _client.GetFromJsonAsync<JsonElement>($"spans?{EverySpan}", timeout.Token);
        return [.. OtlpJson.ReadSpans(answer.GetProperty("data"))];
    }

    /// <summary>Waits for one span.</summary>
    /// <param name="what">The span, in words, for the message of the timeout.</param>
    /// <param name="condition">What to know it by.</param>
    /// <exception cref="TimeoutException">It did not arrive; the message tells those that did.</exception>
    public Task<Span> WaitForSpanAsync(string what, Func<Span, bool> condition) =>
        WaitForSpansAsync(what, spans => spans.FirstOrDefault(condition));

    /// <summary>Waits until the spans that have been received so far hold what is looked for.</summary>
    /// <param name="what">What that is, in words, for the message of the timeout.</param>
    /// <param name="find">Gets all spans, and tells what it found among them, or null to be asked again with more spans.</param>
    /// <returns>What <paramref name="find"/> found.</returns>
    /// <exception cref="TimeoutException">It did not arrive; the message tells what did.</exception>
    public async Task<T> WaitForSpansAsync<T>(string what, Func<IReadOnlyList<Span>, T?> find) where T : class
    {
        List<Span> spans = [];
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            using var stream = await _client.GetStreamAsync($"spans?follow=true&{EverySpan}", timeout.Token);
            using var lines = new StreamReader(stream);

            // One OTLP document per line: first those that are there already, then each as it arrives.
            while (await lines.ReadLineAsync(timeout.Token) is { } line)
            {
                using var document = JsonDocument.Parse(line);
                spans.AddRange(OtlpJson.ReadSpans(document.RootElement));
                if (find(spans) is { } found)
                {
                    return found;
                }
            }

            throw new InvalidOperationException($"The dashboard ended its stream of spans while a test waited for {what}.");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"Waited {Patience.TotalSeconds} s for {what}. The {spans.Count} spans that did arrive, the last 50 of them:{Environment.NewLine}" +
                string.Join(Environment.NewLine, spans.TakeLast(50)));
        }
    }

    /// <summary>Waits until a process has sent telemetry of every kind.</summary>
    /// <exception cref="TimeoutException">It did not; the message tells who sent what.</exception>
    public async Task WaitForLogsMetricsAndTracesAsync(string service)
    {
        IReadOnlyList<TelemetryResource> resources = [];
        using var timeout = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            do
            {
                resources = await _client.GetFromJsonAsync<List<TelemetryResource>>("resources", timeout.Token) ?? [];
                if (resources.Any(resource => resource.Name == service && resource is { HasLogs: true, HasMetrics: true, HasTraces: true }))
                {
                    return;
                }
            }
            while (await timer.WaitForNextTickAsync(timeout.Token));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException($"Waited {Patience.TotalSeconds} s for logs, metrics and traces of {service}. The dashboard has: {string.Join(", ", resources)}");
        }
    }
}
