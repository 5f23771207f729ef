using System;
using System.Linq;
using ConnectionTracing.Model;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>
/// Within one attempt, addresses failed, one after the other, before another one accepted. A ConnectCallback that tries them at the same time
/// gives up the slower ones itself: that is no fault of theirs.
/// </summary>
internal sealed class FirstAddressRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        foreach (var setup in request.Setups)
        {
            var connects = setup.Phases.Where(step => step is { Kind: SetupPhaseKind.Tcp, Completed: true }).ToList();
            if (connects is not [{ ErrorType: not null }, .., { ErrorType: null }] || connects.Zip(connects.Skip(1)).Any(pair => pair.Second.Start < pair.First.End))
            {
                continue;
            }

            var failed = connects.Where(step => step.ErrorType is not null).ToList();
            var lost = TimeSpan.FromTicks(failed.Sum(step => step.Duration.Ticks));
            if (lost >= options.FailedAddress)
            {
                return new Symptom(
                    FindingCause.FirstAddressFails,
                    "The first address of the host does not work.",
                    $"{(failed.Count == 1 ? "One address" : $"{failed.Count} addresses")} failed ({string.Join(", ", failed.Select(step => step.ErrorType).Distinct())}) within {EvidenceFormat.Ms(lost)} before another one accepted.",
                    "Let the name resolve to addresses that are served, often by removing an AAAA record or listening on IPv6 too; or connect to one family in a ConnectCallback.");
            }
        }

        return null;
    }
}
