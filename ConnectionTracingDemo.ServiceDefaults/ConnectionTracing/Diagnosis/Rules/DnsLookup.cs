using System;
using System.Collections.Generic;
using System.Linq;
using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>A request's lookup, and the lookups of the same name that it had to wait for.</summary>
/// <param name="Step">The lookup.</param>
/// <param name="Waited">How long it waited before its own turn.</param>
/// <param name="Before">How many others it waited for.</param>
/// <param name="At">What was asked for.</param>
internal readonly record struct DnsLookup(SetupPhase Step, TimeSpan Waited, int Before, Endpoint At)
{
    /// <summary>How long it took itself.</summary>
    public TimeSpan Own => Step.Duration - Waited;

    /// <summary>
    /// The lookups of a request. On Linux the runtime runs asynchronous lookups of one name one after the other, so one that
    /// began while others were under way waited for the last of them; elsewhere they run at the same time.
    /// </summary>
    public static IEnumerable<DnsLookup> Of(ExaminedRequest request, bool oneAfterTheOther)
    {
        foreach (var setup in request.Setups)
        {
            foreach (var step in setup.Phases.Where(step => step.Kind == SetupPhaseKind.Dns))
            {
                var before = oneAfterTheOther ? EarlierLookups(request, setup.Attempt, step) : [];
                var waited = before.Count == 0 ? TimeSpan.Zero : before.Max(earlier => earlier.End) - step.Start;
                yield return new DnsLookup(step, waited < step.Duration ? waited : step.Duration, before.Count, request.Asked(setup, step));
            }
        }
    }

    private static List<SetupPhase> EarlierLookups(ExaminedRequest request, TrackedConnection attempt, SetupPhase step) =>
        request.Siblings is not { } siblings ? [] : [.. siblings.Recent()
            .SelectMany(sibling => sibling.Phases)
            .Union(request.EarlierLookupsOf(attempt))
            .Where(phase => phase.Kind == SetupPhaseKind.Dns && phase.Start < step.Start && phase.End > step.Start && phase.End < step.End)
            // One that was given up waits for those that still go on, too.
            .Concat(step.Completed ? [] : request.LookupsUnderWay(step))];
}
