using System;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>A lookup took long by itself, with or without an answer in the end.</summary>
internal sealed class SlowDnsRule(bool oneAfterTheOther) : IDiagnosisRule
{
    public SlowDnsRule()
        : this(OperatingSystem.IsLinux())
    {
    }

    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        foreach (var lookup in DnsLookup.Of(request, oneAfterTheOther))
        {
            if (lookup.Own >= options.SlowDns && request.Proven(lookup.Step.Start + lookup.Waited, lookup.Own) >= options.SlowDns && lookup.Step.ErrorType is not ("host_not_found" or "no_data" or "try_again" or "no_recovery"))
            {
                return new Symptom(
                    FindingCause.SlowDns,
                    "A DNS lookup is slow.",
                    $"It took {EvidenceFormat.Ms(lookup.Own)}{(lookup.Step.Completed ? "" : " and was then given up")}; the threshold is {EvidenceFormat.Ms(options.SlowDns)}.",
                    "Check the resolver of the machine, and /etc/resolv.conf for servers that do not answer and for ndots and search. Fewer lookups: a longer PooledConnectionLifetime.") { At = lookup.At };
            }
        }

        return null;
    }
}
