using System;
using System.Linq;
using ConnectionTracing.Model;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>
/// The socket connect that decided the attempt took long, or was given up. Earlier ones are for <see cref="FirstAddressRule"/>,
/// a refusal is for <see cref="ConnectionRefusedRule"/>.
/// </summary>
internal sealed class SlowConnectRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        foreach (var setup in request.Setups)
        {
            var connect = setup.Phases.LastOrDefault(step => step.Kind == SetupPhaseKind.Tcp);
            if (connect.Duration > TimeSpan.Zero && connect.Duration >= options.SlowConnect && connect.ErrorType != "connection_refused")
            {
                return new Symptom(
                    FindingCause.SlowConnect,
                    "Connecting to the server is slow.",
                    $"The socket connect took {EvidenceFormat.Ms(connect.Duration)}{Ending(connect)}; the threshold is {EvidenceFormat.Ms(options.SlowConnect)}.",
                    "Check the way to the server: a firewall that drops packets, a full accept queue, a distant region. Set ConnectTimeout, so that a request does not wait for it.");
            }
        }

        return null;
    }

    private static string Ending(SetupPhase connect) =>
        !connect.Completed ? " and was then given up" : connect.ErrorType is { } error ? $" and failed ({error})" : "";
}
