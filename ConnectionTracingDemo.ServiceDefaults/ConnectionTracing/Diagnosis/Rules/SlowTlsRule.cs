using System.Linq;
using ConnectionTracing.Model;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>A TLS handshake took long, or was given up. One that fails for a known reason is for <see cref="FailedHandshakeRule"/>.</summary>
internal sealed class SlowTlsRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        foreach (var setup in request.Setups)
        {
            foreach (var handshake in setup.Phases.Where(step => step.Kind == SetupPhaseKind.Tls))
            {
                if (handshake.Duration >= options.SlowTls && request.Proven(handshake.Start, handshake.Duration) >= options.SlowTls && request.Failure?.Handshake is null)
                {
                    return new Symptom(
                        FindingCause.SlowTls,
                        "The TLS handshake is slow.",
                        $"It took {EvidenceFormat.Ms(handshake.Duration)}{Ending(handshake)}; the threshold is {EvidenceFormat.Ms(options.SlowTls)}.",
                        "Check the server's load, and checks of revocation on both sides that leave the machine. Fewer handshakes: keep connections longer (PooledConnectionLifetime, PooledConnectionIdleTimeout) or use HTTP/2.") { At = request.Asked(setup, handshake) };
                }
            }
        }

        return null;
    }

    private static string Ending(SetupPhase handshake) =>
        !handshake.Completed ? " and was then given up" : handshake.ErrorType is not null ? " and failed" : "";
}
