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

            foreach (var step in AwaitedSetup.Of(wait, request.Connection, request.End)?.Steps ?? [])
            {
                // Where the request gave up, it failed in the step that was under way; the attempt goes on for a while.
                phases.Add(Phase(step.Name, request.Start, step.Start, step.Duration, step.Over ? step.ErrorType : errorType));
            }
        }

        request.Phases?.AddTo(phases, request, errorType);
        return phases;
    }

    /// <summary>A phase, timed from the start of the request. The clocks of spans and events may differ by a hair.</summary>
    public static TracedPhase Phase(string name, DateTime requestStart, DateTime start, TimeSpan duration, string? errorType) =>
        new(name, Math.Max(0, (start - requestStart).TotalMilliseconds), Math.Max(0, duration.TotalMilliseconds), errorType);
}
