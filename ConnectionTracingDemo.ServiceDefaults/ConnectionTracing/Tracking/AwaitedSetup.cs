namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>The connection attempt that a request waited for, until the attempt or the request was over.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Steps">Its phases, as far as they had come.</param>
internal sealed record AwaitedSetup(Connection Attempt, IReadOnlyList<SetupStep> Steps)
{
    /// <summary>What the request waited for during this wait; null: for something else than an attempt of its own.</summary>
    /// <param name="servedBy">The connection that served the request.</param>
    /// <param name="end">When the request was over.</param>
    public static AwaitedSetup? Of(QueueWait wait, Connection? servedBy, DateTime end)
    {
        if (wait.WaitedForAttempt(servedBy))
        {
            return new AwaitedSetup(wait.Attempt!, [.. wait.Attempt!.Phases.Select(phase => new SetupStep(phase.Kind, phase.Start, phase.Duration, true, phase.ErrorType))]);
        }

        return wait is { Attempt: { SetupDuration: null } attempt } && (wait.Failed || !wait.Ended)
            ? new AwaitedSetup(attempt, [.. attempt.PhasesSoFar().Select(phase => phase.At(end))])
            : null;
    }
}
