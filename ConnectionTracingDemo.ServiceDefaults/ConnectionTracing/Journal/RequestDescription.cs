using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Journal;

/// <summary>Describes a request that has ended.</summary>
internal static class RequestDescription
{
    public static RememberedRequest Of(in CompletedRequest request, int? maxPathSegments)
    {
        var described = Describe(request, maxPathSegments);
        return new RememberedRequest(described with { Phases = RequestTimeline.Of(request, described.ErrorType) }, request.Connection);
    }

    /// <summary>The same, with the reading of its body.</summary>
    public static RememberedRequest Of(in ReadBody body, int? maxPathSegments)
    {
        var described = Describe(body.Request, maxPathSegments);
        return new RememberedRequest(described with { Phases = RequestTimeline.Of(body, described.ErrorType) }, body.Request.Connection);
    }

    private static TracedRequest Describe(in CompletedRequest request, int? maxPathSegments)
    {
        var activity = request.Activity;
        string? method = null, url = null, host = null, protocol = null, errorType = null;
        int? port = null, status = null;

        foreach (ref readonly var tag in activity.EnumerateTagObjects())
        {
            switch (tag.Key)
            {
                case AttributeNames.RequestMethod:
                    method = tag.Value as string;
                    break;
                case AttributeNames.UrlFull:
                    url = tag.Value as string;
                    break;
                case AttributeNames.ServerAddress:
                    host = tag.Value as string;
                    break;
                case AttributeNames.ServerPort:
                    port = tag.Value as int?;
                    break;
                case AttributeNames.ProtocolVersion:
                    protocol = tag.Value as string;
                    break;
                case AttributeNames.StatusCode:
                    status = tag.Value as int?;
                    break;
                case AttributeNames.ErrorType:
                    errorType = tag.Value as string;
                    break;
            }
        }

        var connection = request.Connection;
        return new TracedRequest
        {
            TraceId = activity.TraceId.ToHexString(),
            SpanId = activity.SpanId.ToHexString(),
            Start = activity.StartTimeUtc,
            Duration = activity.Duration.TotalMilliseconds,
            Method = method ?? AttributeNames.OtherError,
            Url = ShownUrl.Of(url ?? "", maxPathSegments),
            Host = host,
            Port = port,
            Protocol = protocol,
            Status = status,
            ErrorType = errorType,
            Connection = connection?.Context.SpanId.ToHexString(),
            ConnectionId = request.ConnectionId ?? connection?.Id as long?,
            Reused = connection is null ? null : !request.First,
            Initiated = request.Initiated,
            Phases = [],
        };
    }
}
