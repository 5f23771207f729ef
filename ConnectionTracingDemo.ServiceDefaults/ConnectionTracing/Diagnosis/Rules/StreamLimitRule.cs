using System.Linq;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>
/// An HTTP/2 request waited although a connection was there that had served others, and its pool opened no other one: the
/// connection carried as many streams as the server allows.
/// </summary>
internal sealed class StreamLimitRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        if (request.IsFirst || request.LastWait is null || request.Protocol is not ("2" or "2.0") || request is { Connection: null, GaveUpWaiting: false })
        {
            return null;
        }

        // Before its first request, a connection waits for the server's settings; others wait with it.
        var connection = request.Connection ?? request.OpenSiblings.LastOrDefault();
        if (connection?.Use.UsableSince is not { } usableSince || request.WaitedForOthers(usableSince) is not { } waited || waited < options.Queue)
        {
            return null;
        }

        return new Symptom(
            FindingCause.StreamLimit,
            "Requests wait for a stream, because the HTTP/2 connection carries as many as the server allows.",
            $"One waited {EvidenceFormat.Ms(waited)}{(request.Connection is null ? " and gave up" : "")}, although there was a connection that had served others, and none was being opened.",
            "Set EnableMultipleHttp2Connections, raise the server's limit (Kestrel: Http2.MaxStreamsPerConnection), or send fewer requests at a time.");
    }
}
