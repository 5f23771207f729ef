using System;
using System.Collections.Generic;
using System.Diagnostics;
using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>One <c>HTTP wait_for_connection</c> of a request, and the attempt that was made for it.</summary>
internal sealed class QueueWait(Activity wait, TrackedConnection? attempt)
{
    public ActivityContext Context { get; } = wait.Context;

    public DateTime Start { get; } = wait.StartTimeUtc;

    /// <summary>Null until it has ended.</summary>
    public TimeSpan? Duration { get; private set; }

    public TrackedConnection? Attempt { get; set; } = attempt;

    public bool Ended => Duration is not null;

    /// <summary>Why it ended without a connection; null: it got one, or goes on.</summary>
    public string? ErrorType { get; private set; }

    public bool Failed => ErrorType is not null;

    public void End(Activity wait)
    {
        Duration = wait.Duration;
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
    /// The phases of the attempt that the request waited for, as far as they had come when the request ended. Null: it waited for something
    /// else than an attempt of its own.
    /// </summary>
    /// <param name="servedBy">The connection that served the request.</param>
    /// <param name="end">When the request ended.</param>
    public IReadOnlyList<SetupPhase>? AwaitedPhases(Connection? servedBy, DateTime end) =>
        WaitedForAttempt(servedBy) ? Attempt!.Phases
        : Attempt is { SetupDuration: null } attempt && (Failed || !Ended) ? attempt.PhasesAt(end)
        : null;
}
