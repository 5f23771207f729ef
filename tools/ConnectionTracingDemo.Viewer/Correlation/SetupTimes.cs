using ConnectionTracing.Model;

namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>The unit of the rows.</summary>
internal static class SetupTimes
{
    /// <summary>What overlaps counts once. Null without a phase of this kind.</summary>
    public static double? MillisecondsOf(this IReadOnlyList<SetupPhase> phases, SetupPhaseKind kind) => SetupPhase.DurationOf(kind, phases)?.TotalMilliseconds;
}
