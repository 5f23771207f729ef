using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Journal;

/// <summary>Describes a request that has ended.</summary>
internal static class RequestDescription
{
    /// <param name="request">The request.</param>
    /// <param name="maxPathSegments">See <see cref="ShownUrl.Of"/>.</param>
    /// <param name="reading">The reading of its body; null: it has not been read.</param>
    public static RememberedRequest Of(in CompletedRequest request, int? maxPathSegments, TracedPhase? reading = null)
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

        var phases = RequestTimeline.Of(request, errorType);
        if (reading is not null)
        {
            phases.Add(reading);
        }

        var connection = request.Connection;
        var described = new TracedRequest
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
            Phases = phases,
        };
        return new RememberedRequest(described, connection);
    }
}
