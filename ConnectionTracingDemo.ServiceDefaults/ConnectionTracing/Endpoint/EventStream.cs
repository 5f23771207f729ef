using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace ConnectionTracing.Endpoint;

/// <summary>
/// Server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html. The id of a message is a position: a browser that lost
/// the connection sends the last one it got, and goes on from there. A reader that does not read costs one message, and does not hold up the
/// stop of the host.
/// </summary>
internal sealed class EventStream(IHostApplicationLifetime lifetime)
{
    /// <summary>How many readers there are at most, of all streams of a mapped endpoint. Further ones get 503.</summary>
    public const int MaxReaders = 16;

    private const int RetryAfterSeconds = 10;

    private int _readers;

    /// <summary>Writes messages until the reader leaves or the host stops.</summary>
    /// <param name="context">The request.</param>
    /// <param name="read">Begins to read the messages, each with its id.</param>
    /// <param name="type">How they are written.</param>
    public async Task WriteAsync<T>(HttpContext context, Func<CancellationToken, IAsyncEnumerable<(string Id, T Message)>> read, JsonTypeInfo<T> type)
    {
        if (Interlocked.Increment(ref _readers) > MaxReaders)
        {
            Interlocked.Decrement(ref _readers);
            context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            await new EndpointProblem(
                StatusCodes.Status503ServiceUnavailable, "There are too many readers.", $"At most {MaxReaders} clients read these events at a time. Close one, or try again later.").WriteAsync(context.Response);
            return;
        }

        try
        {
            await WriteMessagesAsync(context, read, type);
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
        }
    }

    private async Task WriteMessagesAsync<T>(HttpContext context, Func<CancellationToken, IAsyncEnumerable<(string Id, T Message)>> read, JsonTypeInfo<T> type)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        // No compression, and no buffering by proxies: a message is to arrive when it is written.
        response.Headers.ContentEncoding = "identity";
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        await lifetime.RunUntilStopAsync(context, async end =>
        {
            await foreach (var (id, message) in read(end))
            {
                await WriteAsync(response, id, message, type, end);
            }
        });
    }

    private static async Task WriteAsync<T>(HttpResponse response, string id, T message, JsonTypeInfo<T> type, CancellationToken end)
    {
        var body = response.BodyWriter;
        Encoding.UTF8.GetBytes($"id: {id}\ndata: ", body);

        // Into the pipe, in pieces: the memory of a message does not grow with it.
        await JsonSerializer.SerializeAsync(body, message, type, end);

        Encoding.UTF8.GetBytes("\n\n", body);
        await body.FlushAsync(end);
    }
}
