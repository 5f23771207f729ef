using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;
using static ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.ConnectionTracingAttributes;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>Describes a request that has ended.</summary>
internal static class RequestDescription
{
    private const int MaxUrlLength = 2048;

    public static RememberedRequest Of(in CompletedRequest request)
    {
        var activity = request.Activity;
        string? method = null, url = null, host = null, protocol = null, errorType = null;
        int? port = null, status = null;

        foreach (ref readonly var tag in activity.EnumerateTagObjects())
        {
            switch (tag.Key)
            {
                case RequestMethod:
                    method = tag.Value as string;
                    break;
                case UrlFull:
                    url = tag.Value as string;
                    break;
                case ServerAddress:
                    host = tag.Value as string;
                    break;
                case ServerPort:
                    port = tag.Value as int?;
                    break;
                case ProtocolVersion:
                    protocol = tag.Value as string;
                    break;
                case StatusCode:
                    status = tag.Value as int?;
                    break;
                case ErrorType:
                    errorType = tag.Value as string;
                    break;
            }
        }

        var connection = request.Connection;
        return new RememberedRequest(
            new TracedRequest(
                activity.TraceId.ToHexString(),
                activity.SpanId.ToHexString(),
                activity.StartTimeUtc,
                activity.Duration.TotalMilliseconds,
                method ?? "_OTHER",
                Redact(url ?? ""),
                host,
                port,
                protocol,
                status,
                errorType,
                connection?.Context.SpanId.ToHexString(),
                request.Phases?.ConnectionId ?? connection?.Id as long?,
                connection is null ? null : !request.First,
                request.Initiated,
                RequestTimeline.Of(request, errorType)),
            connection);
    }

    /// <summary>
    /// The runtime writes neither query nor user info, unless it is told to
    /// (https://learn.microsoft.com/dotnet/core/compatibility/networking/9.0/query-redaction-logs), but a callback may.
    /// </summary>
    internal static string Redact(string url)
    {
        if (url.AsSpan().IndexOfAny('?', '#') is var end and >= 0 && !url.AsSpan(end).SequenceEqual("?*"))
        {
            url = url[end] == '?' ? $"{url.AsSpan(0, end)}?*" : url[..end];
        }

        var authority = url.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0;
        var path = url.AsSpan(authority).IndexOf('/') is var slash and >= 0 ? authority + slash : url.Length;
        if (url.AsSpan(authority, path - authority).LastIndexOf('@') is var at and >= 0)
        {
            url = string.Concat(url.AsSpan(0, authority), url.AsSpan(authority + at + 1));
        }

        return url.Length <= MaxUrlLength ? url : url[..MaxUrlLength];
    }
}
