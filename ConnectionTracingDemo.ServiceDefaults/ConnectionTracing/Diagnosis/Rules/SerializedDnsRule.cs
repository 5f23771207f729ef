using System;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>A lookup waited for others of the same name. Known on Linux only, where the runtime makes them wait.</summary>
internal sealed class SerializedDnsRule(bool oneAfterTheOther) : IDiagnosisRule
{
    public SerializedDnsRule()
        : this(OperatingSystem.IsLinux())
    {
    }

    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        foreach (var lookup in DnsLookup.Of(request, oneAfterTheOther))
        {
            if (lookup.Before > 0 && lookup.Waited >= options.QueuedDns && request.Proven(lookup.Step.Start, lookup.Waited) >= options.QueuedDns)
            {
                return new Symptom(
                    FindingCause.SerializedDns,
                    "DNS lookups of one name wait for each other.",
                    $"Of {EvidenceFormat.Ms(lookup.Step.Duration)}, {EvidenceFormat.Ms(lookup.Waited)} were spent waiting for {EvidenceFormat.Count(lookup.Before, "earlier lookup")}; the runtime runs them one after the other.",
                    "Open fewer connections at once: HTTP/2, or MaxConnectionsPerServer. Or resolve the name yourself, once, in a ConnectCallback.") { At = lookup.At };
            }
        }

        return null;
    }
}
