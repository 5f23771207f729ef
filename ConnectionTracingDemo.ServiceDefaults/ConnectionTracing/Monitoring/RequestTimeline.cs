using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>Where the time of a request went.</summary>
internal static class RequestTimeline
{
    /// <summary>The phases up to the response headers, in the order in which they began.</summary>
    public static IReadOnlyList<TracedPhase> Of(in CompletedRequest request, string? errorType)
    {
        var phases = new List<TracedPhase>(4);

        foreach (var wait in request.Waits)
        {
            // A request that is cancelled may be over before its wait is.
            phases.Add(Phase("queue", request.Start, wait.Start, wait.Duration ?? request.End - wait.Start, wait.Ended ? wait.ErrorType : errorType));
            AddSetup(phases, request, wait, errorType);
        }

        request.Phases?.AddTo(phases, request, errorType);
        return phases;
    }

    /// <summary>A phase, timed from the start of the request. The clocks of spans and events may differ by a hair.</summary>
    public static TracedPhase Phase(string name, DateTime requestStart, DateTime start, TimeSpan duration, string? errorType) =>
        new(name, Math.Max(0, (start - requestStart).TotalMilliseconds), Math.Max(0, duration.TotalMilliseconds), errorType);

    private static void AddSetup(List<TracedPhase> phases, in CompletedRequest request, QueueWait wait, string? errorType)
    {
        if (wait.WaitedForAttempt(request.Connection))
        {
            foreach (var phase in wait.Attempt!.Phases)
            {
                phases.Add(Phase(phase.Name, request.Start, phase.Start, phase.Duration, phase.ErrorType));
            }
        }
        else if (wait is { Attempt: { SetupDuration: null } attempt } && (wait.Failed || !wait.Ended))
        {
            // The request has given up; its attempt goes on for a while.
            foreach (var phase in attempt.PhasesSoFar())
            {
                var (duration, over, phaseError) = phase.At(request.End);
                phases.Add(Phase(phase.Name, request.Start, phase.Start, duration, over ? phaseError : errorType));
            }
        }
    }
}
