using ConnectionTracing;
using ConnectionTracing.Model;
using ConnectionTracingDemo.Viewer.Correlation;

namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>A row in the terms of the library. A row says how long each phase took, and not when: they are laid in the order in which they come.</summary>
internal static class TracedRow
{
    /// <summary>A row has no trace.</summary>
    private const string NoId = "";

    public static TracedRequest RequestOf(RequestRow row)
    {
        // HttpClient's own time ends with the body, that of the library with the headers.
        var duration = Math.Max(0, row.TotalMs - (row.BodyMs ?? 0));
        var failed = row.Status is null ? row.Error ?? AttributeNames.OtherError : null;
        return new TracedRequest
        {
            TraceId = NoId,
            SpanId = NoId,
            Start = row.Start,
            Duration = duration,
            Method = row.Method ?? AttributeNames.OtherError,
            Url = $"{row.Scheme ?? "http"}://{row.Host}{row.UrlPath}",
            Protocol = row.HttpVersion,
            Status = row.Status,
            ErrorType = failed,
            ConnectionId = row.ConnectionId,
            Reused = row.Connection switch { ConnectionUse.New => false, ConnectionUse.Reused => true, _ => null },
            Phases = [.. PhasesOf(row, duration, failed)],
        };
    }

    public static TracedConnection ConnectionOf(RequestRow row) => new()
    {
        TraceId = NoId,
        SpanId = NoId,
        OpenedAt = row.Start,
        PeerAddress = row.RemoteAddress,
        Phases = [],
        Requests = [],
    };

    private static IEnumerable<TracedPhase> PhasesOf(RequestRow row, double duration, string? failed)
    {
        if (row.QueueMs is { } queue)
        {
            queue = Math.Min(queue, duration);
            yield return new TracedPhase("queue", 0, queue, row.Sends == 0 ? failed : null);

            // The wait ends with the setup. A setup that took longer had begun before the request.
            var end = queue;
            foreach (var (kind, time) in new[] { (SetupPhaseKind.Tls, row.TlsMs), (SetupPhaseKind.Tcp, row.TcpMs), (SetupPhaseKind.Dns, row.DnsMs) })
            {
                if (time is { } taken && end > 0)
                {
                    var start = Math.Max(0, end - taken);
                    yield return new TracedPhase(SetupPhase.NameOf(kind), start, end - start);
                    end = start;
                }
            }
        }

        foreach (var phase in ExchangeOf(row, duration))
        {
            yield return phase;
        }

        if (row.BodyMs is { } body)
        {
            yield return new TracedPhase("read", duration, body, row.Status is not null && row.Error is not null ? AttributeNames.OtherError : null);
        }
    }

    private static IEnumerable<TracedPhase> ExchangeOf(RequestRow row, double duration)
    {
        // The last answer ends with the response headers. Without one, the request has waited since it was sent.
        var waitStart = row.WaitMs is { } wait ? Math.Max(0, duration - wait)
            : row is { Sends: 1, SendMs: { } sent } ? Math.Min(duration, (row.QueueMs ?? 0) + sent)
            : duration;
        if (row.SendMs is { } send)
        {
            var start = Math.Max(0, waitStart - send);
            yield return new TracedPhase("send", start, waitStart - start);
        }

        if (row.WaitMs is not null || waitStart < duration)
        {
            yield return new TracedPhase("wait", waitStart, duration - waitStart);
        }
    }
}
