namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>Many connections were opened at once when there was none, before the first of them had served a request.</summary>
internal sealed class ColdStartBurstRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        if (!request.Initiated || !request.IsFirst || request.Connection is not { Use.Upgraded: false } connection || request.Siblings is not { } siblings)
        {
            return null;
        }

        var (connections, apart) = siblings.BurstWith(connection);
        return connections < options.BurstConnections
            ? null
            : new Symptom(
                FindingCause.ColdStartBurst,
                "Many requests at once found no connection, and each opened its own.",
                $"{connections} connections were opened within {EvidenceFormat.Ms(apart)}, before the first of them had served a request; none was known to be open before.",
                "Warm up with one request before the others, use HTTP/2, limit MaxConnectionsPerServer, or keep idle connections longer (PooledConnectionIdleTimeout).");
    }
}
