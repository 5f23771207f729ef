using System;
using System.Collections.Generic;
using System.Diagnostics;
using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>One <c>HTTP wait_for_connection</c> of a request, and the attempt that was made for it.</summary>
internal sealed class QueueWait(Activity wait, TrackedConnection? attempt)
{
    public ActivityContext Context { get; } = wait.Context;

    /// <summary>When it began; where the attempt was faster on its thread, with that.</summary>
    public DateTime Start { get; } = attempt?.OpeningSince < wait.StartTimeUtc ? attempt.OpeningSince : wait.StartTimeUtc;

    /// <summary>Null until it has ended.</summary>
    public TimeSpan? Duration { get; private set; }

    public TrackedConnection? Attempt { get; set; } = attempt;

    public bool Ended => Duration is not null;

    /// <summary>Why it ended without a connection; null: it got one, or goes on.</summary>
    public string? ErrorType { get; private set; }

    public bool Failed => ErrorType is not null;

    /// <summary>The pool that it waited for, <c>host:port</c>; null until it has ended.</summary>
    public string? Pool { get; private set; }

    public void End(Activity wait)
    {
        Pool = NetworkActivities.PoolOf(wait.DisplayName);
        Duration = wait.StartTimeUtc + wait.Duration - Start;
        if (wait.Status == ActivityStatusCode.Error)
        {
            ErrorType = wait.GetTagItem(AttributeNames.ErrorType) as string ?? AttributeNames.OtherError;
        }
    }

    /// <summary>
    /// Whether the attempt made for the request is what it waited for: the attempt ended the wait, by the connection that
    /// served the request or by failing.
    /// </summary>
    public bool WaitedForAttempt(Connection? servedBy) =>
        Attempt is { SetupDuration: not null } attempt && (attempt == servedBy || (attempt.ErrorType is not null && Failed));

    /// <summary>
    /// The phases of the attempt that the request waited for, as far as they had come when the request ended, and within the wait. Null: it
    /// waited for something else than an attempt of its own.
    /// </summary>
    /// <param name="servedBy">The connection that served the request.</param>
    /// <param name="requestEnd">When the request ended.</param>
    public IReadOnlyList<SetupPhase>? AwaitedPhases(Connection? servedBy, DateTime requestEnd)
    {
        var phases = WaitedForAttempt(servedBy) ? Attempt!.Phases
            : Attempt is { SetupDuration: null } attempt && (Failed || !Ended) ? attempt.PhasesAt(requestEnd)
            : null;
        if (phases is null)
        {
            return null;
        }

        // An attempt goes on when its request is cancelled.
        var end = Duration is { } duration && Start + duration < requestEnd ? Start + duration : requestEnd;
        return Array.ConvertAll(phases, phase => phase.Within(Start, end));
    }
}
