using System;
using System.Linq;
using ConnectionTracing.Model;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>
/// The socket connect that decided the attempt took long, or was given up. Earlier ones are for <see cref="FirstAddressRule"/>,
/// what the system refuses is for <see cref="FailedConnectRule"/>.
/// </summary>
internal sealed class SlowConnectRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        foreach (var setup in request.Setups)
        {
            // Of several at the same time, the one that succeeded has decided.
            var connects = setup.Phases.Where(step => step.Kind == SetupPhaseKind.Tcp).ToList();
            var connect = connects.LastOrDefault(step => step is { Completed: true, ErrorType: null }, connects.LastOrDefault());
            if (connect.Duration > TimeSpan.Zero && connect.Duration >= options.SlowConnect && request.Proven(connect.Start, connect.Duration) >= options.SlowConnect
                && !FailedConnectRule.Knows(connect.ErrorType))
            {
                var asked = request.Asked(setup, connect);
                return new Symptom(
                    FindingCause.SlowConnect,
                    $"Connecting to the {asked.Name} is slow.",
                    $"The socket connect took {EvidenceFormat.Ms(connect.Duration)}{Ending(connect)}; the threshold is {EvidenceFormat.Ms(options.SlowConnect)}.",
                    $"Check the way to the {asked.Name}: a firewall that drops packets, a full accept queue, a distant region. Set ConnectTimeout, so that a request does not wait for it.") { At = asked };
            }
        }

        return null;
    }

    private static string Ending(SetupPhase connect) =>
        !connect.Completed ? " and was then given up" : connect.ErrorType is { } error ? $" and failed ({error})" : "";
}
