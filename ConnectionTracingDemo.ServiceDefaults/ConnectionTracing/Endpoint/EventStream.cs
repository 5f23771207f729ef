using System;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace ConnectionTracing.Endpoint;

/// <summary>
/// The updates of the monitor as server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html. The id of a
/// message is its position: a browser that lost the connection sends the last one it got, and goes on from there. A reader that does not
/// read costs one message, and does not hold up the stop of the host.
/// </summary>
internal sealed class EventStream(IConnectionTracingMonitor monitor, IHostApplicationLifetime lifetime)
{
    /// <summary>How many readers there are at most. Further ones get 503.</summary>
    public const int MaxReaders = 16;

    private const int RetryAfterSeconds = 10;

    private int _readers;

    public async Task WriteAsync(HttpContext context)
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
            await WriteUpdatesAsync(context);
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
        }
    }

    private async Task WriteUpdatesAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        // No compression, and no buffering by proxies: a message is to arrive when it is written.
        response.Headers.ContentEncoding = "identity";
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // An id that is no number is not one of ours: from the start.
        long? after = long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await foreach (var update in monitor.WatchAsync(after, end.Token))
            {
                await WriteAsync(response, update, end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // In the middle of a message that the reader does not take: without this, the server would wait for the reader.
            context.Abort();
        }
    }

    private static async Task WriteAsync(HttpResponse response, ConnectionTracingUpdate update, CancellationToken end)
    {
        var body = response.BodyWriter;
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {update.Position}\ndata: "), body);

        // Into the pipe, in pieces: the memory of a message does not grow with it.
        await JsonSerializer.SerializeAsync(body, update, EndpointJson.Default.ConnectionTracingUpdate, end);

        Encoding.UTF8.GetBytes("\n\n", body);
        await body.FlushAsync(end);
    }
}
