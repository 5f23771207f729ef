using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;

namespace ConnectionTracing.Runtime;

/// <summary>
/// A request that waited for a connection or caused one to be opened. Exists only for those: a request that finds a
/// connection in the pool needs no state.
/// </summary>
/// <remarks>
/// The pool starts a connection attempt in the async flow of a request, but not always on its behalf: when an attempt
/// fails or a connection closes, the next attempt for the requests that are still queued begins in the flow of the request that
/// went before. So an attempt counts as this request's only when it is the first one during, or just before, one of
/// its waits. Any other attempt in its flow belongs to no request for certain; nor does one that serves another request
/// first, while this one goes on waiting: a request whose connection is closed retries, and so waits, just after the
/// attempt for those who were queued before it has begun in its flow.
/// </remarks>
internal sealed class QueuedRequest(Activity request)
{
    /// <summary>Of a request that did not wait.</summary>
    public static readonly List<QueueWait> NoWaits = [];

    private readonly Lock _gate = new();
    private readonly List<QueueWait> _waits = new(1);
    private TrackedConnection? _early;

    // Weak: a connection that the request caused is not to keep it. Null: it has caused none.
    private volatile WeakReference<Activity>? _request;
    private volatile bool _completed;

    public ActivityContext Context { get; } = request.Context;

    public bool IsCompleted => _completed;

    /// <summary>When its last wait ended; null before.</summary>
    public DateTime? LeftQueueAt { get; private set; }

    public void EnterQueue(Activity wait)
    {
        lock (_gate)
        {
            _waits.Add(new QueueWait(wait, Attribute(_early, wait.Parent)));
            _early = null;
        }
    }

    public void LeaveQueue(Activity wait)
    {
        lock (_gate)
        {
            if (_waits is [.., { Ended: false } last])
            {
                LeftQueueAt = wait.StartTimeUtc + wait.Duration;
                last.End(wait);
            }
        }
    }

    /// <summary>A connection attempt begins in the flow of this request.</summary>
    public void OnAttempt(TrackedConnection attempt, Activity request)
    {
        lock (_gate)
        {
            if (_completed)
            {
                return;
            }

            if (_waits is not [.., { Ended: false } waiting])
            {
                // The attempt runs on another thread, which may be faster than the one that begins to wait.
                _early = attempt;
            }
            else
            {
                waiting.Attempt ??= Attribute(attempt, request);
            }
        }
    }

    public bool IsWaitingFor(TrackedConnection attempt)
    {
        lock (_gate)
        {
            return !_completed && _waits is [.., { Ended: false } waiting] && waiting.Attempt == attempt;
        }
    }

    /// <summary>
    /// Whether the pool has given it the connection. It need not: another one may have become free first, or a server turns out not
    /// to speak HTTP/2, and all who wait start again in the queue of HTTP/1.1.
    /// </summary>
    /// <param name="connection">What was opened for it.</param>
    /// <param name="shared">Several have it at the same time: others may be served before this one has come to its link.</param>
    public bool WasGiven(TrackedConnection connection, bool shared)
    {
        if (_request?.TryGetTarget(out var request) is not true)
        {
            return false;
        }

        var linked = false;
        foreach (ref readonly var link in request.EnumerateLinks())
        {
            if (link.Context.SpanId == connection.Context.SpanId)
            {
                return true;
            }

            linked = true;
        }

        return shared && !linked;
    }

    /// <summary>Another request was served by the attempt while this one still waited: it was not made for this one.</summary>
    public void Disown(TrackedConnection attempt)
    {
        lock (_gate)
        {
            foreach (var wait in _waits)
            {
                if (wait.Attempt == attempt)
                {
                    wait.Attempt = null;
                }
            }
        }
    }

    /// <summary>The request is over.</summary>
    /// <param name="pool">
    /// A connection of the pool that served it: waits for other pools are those of a client without a propagator, called within the request.
    /// Null: events have told these apart.
    /// </param>
    /// <returns>Its waits, which no longer change.</returns>
    public List<QueueWait> Complete(TrackedConnection? pool)
    {
        lock (_gate)
        {
            _completed = true;
            _early = null;
            for (var i = _waits.Count - 1; pool is not null && i >= 0; i--)
            {
                if (_waits[i] is { Pool: { } waited } wait && wait.Attempt != pool && waited != pool.Pool)
                {
                    wait.Attempt?.Use.Disown();
                    _waits.RemoveAt(i);
                }
            }

            return _waits;
        }
    }

    private TrackedConnection? Attribute(TrackedConnection? attempt, Activity? request)
    {
        if (attempt is not null && request is not null)
        {
            _request ??= new WeakReference<Activity>(request);
            attempt.Use.AttributeTo(this);
        }

        return attempt;
    }
}
