using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using ConnectionTracing.Har;
using OpenTelemetry;

namespace ConnectionTracing.Page;

/// <summary>
/// The requests of another service, from what it maps with <c>MapConnectionTracing</c>. What this sends is neither traced nor shown: it would be seen in what it
/// looks at.
/// </summary>
internal sealed class RemoteUpdateSource(string service, string address, IHttpClientFactory clients, TimeProvider time) : IUpdateSource
{
    private const string DefaultPath = "/connection-tracing";

    /// <summary>The query parameter of <c>requests.har</c> that leaves out other services.</summary>
    public const string OwnOnly = "own";

    /// <summary>How long the service may take to answer; the stream itself has no end.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    /// <summary>How long it may be silent: it sends a message every 15 s at least.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(45);

    private readonly string _url = address.TrimEnd('/') + (PathOf(address) == "/" ? DefaultPath : "");

    public string Service => service;

    /// <summary>Switches its connection tracing.</summary>
    /// <param name="command">The JSON of a POST to <c>/connection-tracing</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The JSON that it answers.</returns>
    /// <exception cref="UpdateSourceException">It did not do so.</exception>
    public async Task<byte[]> SwitchAsync(byte[] command, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(command) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await AskAsync(request, HttpCompletionOption.ResponseContentRead, static (content, token) => content.ReadAsByteArrayAsync(token), cancellationToken);
    }

    /// <summary>Its requests.</summary>
    /// <exception cref="UpdateSourceException">It does not send them.</exception>
    public async Task<HarFile> ReadHarAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_url}/requests.har?{OwnOnly}");
        return await AskAsync(request, HttpCompletionOption.ResponseHeadersRead, ReadAsync, cancellationToken);

        async Task<HarFile> ReadAsync(HttpContent content, CancellationToken token)
        {
            using (content)
            {
                return await HarFile.ReadAsync(await content.ReadAsStreamAsync(token), $"The answer of {service}", token);
            }
        }
    }

    public async IAsyncEnumerable<ConnectionTracingUpdate> WatchAsync(long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_url}/events");
        if (after is { } position)
        {
            request.Headers.Add("Last-Event-ID", position.ToString(CultureInfo.InvariantCulture));
        }

        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var stream = await AskAsync(request, HttpCompletionOption.ResponseHeadersRead, static (content, token) => content.ReadAsStreamAsync(token), cancellationToken);
        await using var events = SseParser.Create(stream, static (_, data) => JsonSerializer.Deserialize(data, PageJson.Default.ConnectionTracingUpdate))
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

            response = await clients.CreateClient(ServiceClient.Name).SendAsync(request, completion, patience.Token);
            response.EnsureSuccessStatusCode();
            return await read(response.Content, patience.Token);
        }
        catch (Exception exception)
        {
            // Its connection would stay busy with a body that is not read. One that is read ends with its stream.
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
                throw new UpdateSourceException($"{service} has ended its stream of events.");
            }

            return events.Current.Data is not null ? true : throw new JsonException("null");
        }
        catch (TimeoutException exception) when (!next.IsCompleted)
        {
            // What is still being read cannot be disposed.
            await reading.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new UpdateSourceException($"{service} has sent nothing for {MaxSilence.TotalSeconds} s. Does it hang, or stand at a breakpoint?", exception);
        }
        catch (Exception exception) when (exception is not UpdateSourceException && !cancellationToken.IsCancellationRequested)
        {
            throw Describe(exception);
        }
    }

    private string Path => PathOf(_url);

    private static string PathOf(string url) => new Uri(url).AbsolutePath;

    private UpdateSourceException Describe(Exception exception) => new(
        exception switch
        {
            HttpRequestException { StatusCode: HttpStatusCode.NotFound } => $"{service} has no {Path}. Call app.MapConnectionTracing() in it; if it does so in Development only, start it with ASPNETCORE_ENVIRONMENT=Development.",
            HttpRequestException { StatusCode: { } status } => $"{service} answers {Path} with status {(int)status}.",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => $"The TLS handshake with {service} failed. Does this machine trust its certificate? For development certificates: dotnet dev-certs https --trust.",
            OperationCanceledException => $"{service} did not answer within {MaxWait.TotalSeconds} s.",
            HarException => exception.Message,
            JsonException or HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => $"{service} answers {Path}, but not with what this page understands. Does it use another version of connection tracing?",
            HttpRequestException => $"{service} cannot be reached. Is it running?",
            IOException => $"The connection to {service} is lost.",
            _ => $"{service} cannot be asked: {exception.Message}",
        },
        exception);
}
