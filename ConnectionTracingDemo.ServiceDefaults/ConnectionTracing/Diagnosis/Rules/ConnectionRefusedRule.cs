using System.Linq;
using ConnectionTracing.Model;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>The attempt ended with the refusal of the last address.</summary>
internal sealed class ConnectionRefusedRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        foreach (var setup in request.Setups)
        {
            if (setup.Attempt.FailedPhase is { Kind: SetupPhaseKind.Tcp, ErrorType: "connection_refused" })
            {
                return new Symptom(
                    FindingCause.ConnectionRefused,
                    "Nobody listens at the port.",
                    $"{EvidenceFormat.Count(setup.Phases.Count(step => step is { Kind: SetupPhaseKind.Tcp, ErrorType: not null }), "socket connect")} failed, the last with connection_refused.",
                    "Check that the service runs, and on which port and address: one that listens on localhost refuses everybody else.");
            }
        }

        return null;
    }
}
