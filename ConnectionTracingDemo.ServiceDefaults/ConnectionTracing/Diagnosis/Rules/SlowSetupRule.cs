using System.Linq;
using ConnectionTracing.Model;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>Much of a setup lies outside of DNS, TCP and TLS: the application's own code ran. What a proxy takes is for <see cref="ProxyRule"/>.</summary>
internal sealed class SlowSetupRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        foreach (var setup in request.Setups)
        {
            foreach (var step in setup.Phases.Where(step => step.Kind == SetupPhaseKind.Other && step.Duration >= options.SlowSetup))
            {
                if (request.Proven(step.Start, step.Duration) >= options.SlowSetup && !request.Asked(setup, step).IsProxy)
                {
                    return new Symptom(
                        FindingCause.SlowSetup,
                        "Opening a connection is slow outside of DNS, TCP and TLS.",
                        $"{EvidenceFormat.Ms(step.Duration)} of the setup {(step.Completed ? "are" : "had passed when it was given up, and are")} in none of them; the threshold is {EvidenceFormat.Ms(options.SlowSetup)}.",
                        "Look at the handler's ConnectCallback or PlaintextStreamFilter: a resolver of your own, a lookup in a registry, a lock. Cache what it looks up.");
                }
            }
        }

        return null;
    }
}
