using System.Linq;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>
/// An HTTP/1.1 request waited while its pool opened no connection. A pool below its limit opens one for each request that it
/// queues; so it was at its limit.
/// </summary>
internal sealed class PoolSaturatedRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        // One that was served first by its connection waited for that to become usable.
        if (request.IsFirst || request.LastWait is null || request.Protocol is not ("1.0" or "1.1"))
        {
            return null;
        }

        if (request is { Connection: null, GaveUpWaiting: false } or { Connection: { Use.UsableSince: null } }
            || request.WaitedForOthers(request.Connection?.Use.UsableSince) is not { } waited || waited < options.Queue)
        {
            return null;
        }

        // One without a number was opened while RequestPhases was off, and nothing tells when it is closed.
        var open = request.ClosedAreKnown ? $"; {EvidenceFormat.Count(request.OpenSiblings.Count(sibling => sibling.Id is not null), "connection")} to the host known to be open" : "";
        return new Symptom(
            FindingCause.PoolSaturated,
            "Requests wait for a connection, because all that the pool may open are busy.",
            $"One waited {EvidenceFormat.Ms(waited)}{(request.Connection is null ? " and gave up" : ", for a connection that others used")}, while none was being opened{open}.",
            "Raise MaxConnectionsPerServer, use HTTP/2, or send fewer requests at a time. Read or dispose every response: until then its connection is busy.") { At = request.Pool };
    }
}
