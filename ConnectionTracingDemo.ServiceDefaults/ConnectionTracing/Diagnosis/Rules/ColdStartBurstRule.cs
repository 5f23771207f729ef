using System;
using System.Linq;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>Many connections began to be opened at once when there was none, before the first of them had served a request.</summary>
internal sealed class ColdStartBurstRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        if (!request.Initiated || !request.IsFirst || request.Connection is not { Use.Upgraded: false } connection || request.Siblings is not { } siblings)
        {
            return null;
        }

        var (connections, apart) = SizeOf(request.Tracker, siblings, connection);
        return connections < options.BurstConnections
            ? null
            : new Symptom(
                FindingCause.ColdStartBurst,
                "Many requests at once found no connection, and each opened its own.",
                $"{connections} connections were opened within {EvidenceFormat.Ms(apart)}, before the first of them had served a request; none was known to be open before.",
                "Warm up with one request before the others, use HTTP/2, limit MaxConnectionsPerServer, or keep idle connections longer (PooledConnectionIdleTimeout).");
    }

    /// <summary>The burst that a connection is one of, with those that are still being opened.</summary>
    public static (int Connections, TimeSpan Apart) SizeOf(ConnectionTracker tracker, HostConnections siblings, TrackedConnection connection)
    {
        var (connections, apart) = siblings.BurstWith(connection);
        return connections < 2 ? (connections, apart)
            : (connections + tracker.Opening.To(siblings.Host, siblings.Port).Count(attempt => siblings.WouldBeOfBurst(attempt.OpeningSince)), apart);
    }
}
