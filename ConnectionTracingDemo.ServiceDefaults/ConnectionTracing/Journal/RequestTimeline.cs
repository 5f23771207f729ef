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

        foreach (var wait in request.Waits)
        {
            // A request that is cancelled may be over before its wait is.
            phases.Add(Phase("queue", wait.Start - request.Start, wait.Duration ?? request.End - wait.Start, wait.Ended ? wait.ErrorType : errorType));

            foreach (var phase in wait.AwaitedPhases(request.Connection, request.End) ?? [])
            {
                // Where the request gave up, it failed in the phase that was under way; the attempt goes on for a while.
                phases.Add(Phase(phase.Name, phase.Start - request.Start, phase.Duration, phase.Completed ? phase.ErrorType : errorType));
            }
        }

        AddExchange(phases, request, errorType);
        return phases;
    }

    /// <summary>The reading of the body, which comes last.</summary>
    public static TracedPhase ReadingOf(in ReadBody body) =>
        Phase("read", body.Start - body.Request.Start, body.Duration, body.Failed ? AttributeNames.OtherError : null);

    /// <summary>
    /// Adds sending and waiting. A request that failed did so in the last of them; an answer that came before everything was
    /// sent leaves both unknown.
    /// </summary>
    private static void AddExchange(List<TracedPhase> phases, in CompletedRequest request, string? errorType)
    {
        if (request.Exchange is not { } exchange)
        {
            return;
        }

        var answered = exchange.Answered is not null;
        if (exchange.Sent is not { } sent)
        {
            if (!answered)
            {
                phases.Add(Phase("send", exchange.SendStart, request.Call!.Now - exchange.SendStart, errorType));
            }

            return;
        }

        phases.Add(Phase("send", exchange.SendStart, sent - exchange.SendStart, null));
        if (request.Waited is { } wait)
        {
            phases.Add(Phase("wait", sent, wait, answered ? null : errorType));
        }
    }

    /// <summary>A phase, timed from the start of the request. The clocks of spans and phases may differ by a hair.</summary>
    private static TracedPhase Phase(string name, TimeSpan start, TimeSpan duration, string? errorType) =>
        new(name, Math.Max(0, start.TotalMilliseconds), Math.Max(0, duration.TotalMilliseconds), errorType);
}
