using System;
using System.Collections.Generic;
using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Journal;

/// <summary>Where the time of a request went.</summary>
internal static class RequestTimeline
{
    /// <summary>The phases up to the response headers, in the order in which they began.</summary>
    public static List<TracedPhase> Of(in CompletedRequest request, string? errorType)
    {
        var phases = new List<TracedPhase>(4);

        for (var i = 0; i < request.Waits.Count; i++)
        {
            // A request that is cancelled may be over before its wait is.
            var wait = request.Waits[i];
            var start = request.QueueStart(i);
            var end = wait.Duration is { } duration && wait.Start + duration < request.End ? wait.Start + duration : request.End;
            phases.Add(Phase("queue", start - request.Start, end - start, wait.Ended ? wait.ErrorType : errorType));

            foreach (var phase in wait.AwaitedPhases(request.Connection, request.End) ?? [])
            {
                // Where the request gave up, it failed in the phase that was under way; the attempt goes on for a while.
                phases.Add(Phase(phase.Name, phase.Start - request.Start, phase.Duration, phase.Completed ? phase.ErrorType : errorType));
            }
        }

        if (ExchangePhase.TryGetPlain(request, out var send, out var answer))
        {
            phases.Add(Phase(send.Name, send.Start, send.Duration, null));
            phases.Add(Phase(answer.Name, answer.Start, answer.Duration, null));
            return phases;
        }

        foreach (var phase in ExchangePhase.Of(request))
        {
            // A request that failed did so in what was under way.
            phases.Add(Phase(phase.Name, phase.Start, phase.Duration, phase.Completed ? null : errorType));
        }

        return phases;
    }

    /// <summary>The reading of the body, which comes last.</summary>
    public static TracedPhase ReadingOf(in ReadBody body) =>
        Phase("read", body.Start - body.Request.Start, body.Duration, body.Failed ? AttributeNames.OtherError : null);

    /// <summary>A phase, timed from the start of the request. The clocks of spans and phases may differ by a hair.</summary>
    private static TracedPhase Phase(string name, TimeSpan start, TimeSpan duration, string? errorType) =>
        new(name, Math.Max(0, start.TotalMilliseconds), Math.Max(0, duration.TotalMilliseconds), errorType);
}
