using System;
using System.Diagnostics;
using System.Threading;
using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>Which request caused a connection to be opened, and whether a request has been served by it.</summary>
internal sealed class ConnectionUse
{
    /// <summary>Beyond this many requests the count stops: counting them all would cost every request.</summary>
    private const int CountedUses = 3;

    private volatile QueuedRequest? _initiator;
    private volatile bool _initiatorKnown;
    private volatile int _uses;

    // Ticks, and 0 for none: read by other threads while it is written.
    private long _usableSince;

    /// <summary>The request that caused the attempt, where that is certain.</summary>
    public ActivityContext? InitiatedBy { get; private set; }

    /// <summary>The request that caused the attempt has not ended.</summary>
    public bool HasInitiator => _initiator is not null;

    /// <summary>When the pool first gave the connection to a request, as far as requests that have ended show; null: to none yet.</summary>
    public DateTime? UsableSince => Volatile.Read(ref _usableSince) is var ticks and > 0 ? new DateTime(ticks, DateTimeKind.Utc) : null;

    /// <summary>How many requests it served; exact below 3.</summary>
    public int AtLeast => _uses;

    /// <summary>A request took the connection over, such as that of a WebSocket: it serves no other one.</summary>
    public bool Upgraded { get; private set; }

    /// <summary>It served a second request since the table, looking for connections that are no longer used, last cleared this.</summary>
    public bool RecentlyReused { get; set; }

    public void AttributeTo(QueuedRequest request)
    {
        InitiatedBy = request.Context;
        _initiatorKnown = true;
        _initiator = request;
    }

    public void ForgetInitiator() => _initiator = null;

    /// <summary>It was not caused by the request that it was attributed to; which one did is unknown.</summary>
    public void Disown()
    {
        _initiator = null;
        _initiatorKnown = false;
        InitiatedBy = null;
    }

    /// <summary>Whether the request caused the connection; null where that is uncertain.</summary>
    public bool? IsInitiatedBy(QueuedRequest? request, DateTime requestStart, DateTime openingSince)
    {
        if (request is not null && _initiator == request)
        {
            return true;
        }

        // A request cannot cause a connection that was begun before it.
        return _initiatorKnown || requestStart > openingSince ? false : null;
    }

    /// <summary>Notes that the request was served by the connection.</summary>
    /// <returns>True for the one request that was served first.</returns>
    public bool Add(TrackedConnection connection, Activity activity, QueuedRequest? request)
    {
        if (_uses > 0)
        {
            if (_uses < CountedUses)
            {
                Interlocked.Increment(ref _uses);
            }

            // Read first: the cache line is shared by all requests on a connection.
            if (!RecentlyReused)
            {
                RecentlyReused = true;
            }

            return false;
        }

        if (_initiator is { IsCompleted: false } initiator && initiator != request)
        {
            if (initiator.IsWaitingFor(connection))
            {
                // The pool would have given it to that request: so it was opened in its flow, but for another one.
                initiator.Disown(connection);
                Disown();
            }
            else if (initiator.WasGiven(connection, shared: activity.GetTagItem(AttributeNames.ProtocolVersion) is "2" or "3"))
            {
                // The pool offers a new connection to the request it was opened for first, and that one is still under way.
                return false;
            }
        }

        if (Interlocked.Increment(ref _uses) > 1)
        {
            return false;
        }

        Volatile.Write(ref _usableSince, (request?.LeftQueueAt ?? activity.StartTimeUtc).Ticks);
        return true;
    }

    /// <summary>Notes whether the request that was served took the connection over.</summary>
    public void NoteUpgrade(Activity activity)
    {
        // Only at the first few requests, where it matters: looking at the tags of all would cost.
        if (_uses < CountedUses && activity.GetTagItem(AttributeNames.StatusCode) is 101)
        {
            Upgraded = true;
        }
    }
}
