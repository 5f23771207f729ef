using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ConnectionTracing;
using OpenTelemetry;

namespace ConnectionTracingDemo.Web;

/// <summary>
/// The requests of another service, which it tells at <c>/connection-tracing</c>. What this asks is neither traced nor shown:
/// it would be seen in what it looks at.
/// </summary>
internal sealed class RemoteRequestSource(string service, IHttpClientFactory clients, TimeProvider time) : IRequestSource
{
    /// <summary>The name of its <see cref="HttpClient"/> is this and the name of the service.</summary>
    public const string ClientPrefix = "connection-tracing-of-";

    private const string Path = "/connection-tracing";

    /// <summary>How long the service may take to answer; the stream itself has no end.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    /// <summary>How long it may be silent: it tells something every 15 s, whatever happens.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(45);

    public string Service => service;

    public async Task<ConnectionTracingReport> GetReportAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        return await AskAsync(request, HttpCompletionOption.ResponseContentRead, ReadReportAsync, cancellationToken);
    }

    public async Task TurnOnAsync(TimeSpan? duration, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = JsonContent.Create(new { enabled = true, @for = duration?.ToString("c") }) };
        await AskAsync(request, HttpCompletionOption.ResponseContentRead, ReadReportAsync, cancellationToken);
    }

    public async IAsyncEnumerable<ConnectionTracingUpdate> WatchAsync(long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Path}/events");
        if (after is { } position)
        {
            request.Headers.Add("Last-Event-ID", position.ToString(CultureInfo.InvariantCulture));
        }

        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var stream = await AskAsync(request, HttpCompletionOption.ResponseHeadersRead, (content, token) => content.ReadAsStreamAsync(token), cancellationToken);
        await using var events = SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize<ConnectionTracingUpdate>(data, JsonSerializerOptions.Web))
            .EnumerateAsync(reading.Token).GetAsyncEnumerator(reading.Token);

        while (await NextAsync(events, reading, cancellationToken))
        {
            yield return events.Current.Data!;
        }
    }

    private async Task<T> AskAsync<T>(HttpRequestMessage request, HttpCompletionOption completion, Func<HttpContent, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(MaxWait);
        HttpResponseMessage? response = null;
        try
        {
            using var quiet = SuppressInstrumentationScope.Begin();

            response = await clients.CreateClient(ClientPrefix + service).SendAsync(request, completion, patience.Token);
            response.EnsureSuccessStatusCode();
            return await read(response.Content, patience.Token);
        }
        catch (Exception exception)
        {
            // Its connection would stay busy with a body that nobody reads. One that is read ends with its stream.
            response?.Dispose();

            if (cancellationToken.IsCancellationRequested)
            {
                throw;
            }

            throw Describe(exception);
        }
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<SseItem<ConnectionTracingUpdate?>> events, CancellationTokenSource reading, CancellationToken cancellationToken)
    {
        var next = events.MoveNextAsync().AsTask();
        try
        {
            if (!await next.WaitAsync(MaxSilence, time, CancellationToken.None))
            {
                throw new RequestSourceException($"{service} has stopped telling what it sends.");
            }

            return events.Current.Data is not null ? true : throw new JsonException("null");
        }
        catch (TimeoutException exception) when (!next.IsCompleted)
        {
            // What is still being read cannot be disposed.
            await reading.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new RequestSourceException($"{service} has told nothing for {MaxSilence.TotalSeconds} s. Does it hang, or stand at a breakpoint?", exception);
        }
        catch (Exception exception) when (exception is not RequestSourceException && !cancellationToken.IsCancellationRequested)
        {
            throw Describe(exception);
        }
    }

    private static async Task<ConnectionTracingReport> ReadReportAsync(HttpContent content, CancellationToken cancellationToken) =>
        await content.ReadFromJsonAsync<ConnectionTracingReport>(JsonSerializerOptions.Web, cancellationToken) ?? throw new JsonException("null");

    private RequestSourceException Describe(Exception exception) => new(
        exception switch
        {
            HttpRequestException { StatusCode: HttpStatusCode.NotFound } => $"{service} has no {Path}. It maps it in Development only: start it with ASPNETCORE_ENVIRONMENT=Development, or call MapConnectionTracing().",
            HttpRequestException { StatusCode: { } status } => $"{service} answers {Path} with status {(int)status}.",
            OperationCanceledException => $"{service} did not answer within {MaxWait.TotalSeconds} s.",
            JsonException => $"{service} answers {Path}, but not with what this page understands. Is it an older version?",
            HttpRequestException => $"{service} cannot be reached. Is it running?",
            _ => $"The connection to {service} is lost.",
        },
        exception);
}
