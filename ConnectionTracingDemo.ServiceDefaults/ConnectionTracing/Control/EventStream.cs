using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;
using Microsoft.AspNetCore.Http;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Control;

/// <summary>
/// The updates of the monitor as server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html. The id of a
/// message is its position: a browser that lost the connection sends the last one it got, and goes on from there.
/// </summary>
internal static class EventStream
{
    public static Task WriteAsync(HttpContext context, IConnectionTracingMonitor monitor)
    {
        // An id that is no number is not one of ours: from the start.
        long? after = long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

        return TypedResults.ServerSentEvents(Messages(monitor.WatchAsync(after, context.RequestAborted))).ExecuteAsync(context);
    }

    private static async IAsyncEnumerable<SseItem<ConnectionTracingUpdate>> Messages(
        IAsyncEnumerable<ConnectionTracingUpdate> updates,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            yield return new SseItem<ConnectionTracingUpdate>(update) { EventId = update.Position.ToString(CultureInfo.InvariantCulture) };
        }
    }
}
