using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace ConnectionTracing.Runtime;

/// <summary>
/// The connections that requests may link to, by the span id of their setup. Without RequestPhases nothing says when one is closed, so the
/// table is bounded: when it is full, the oldest that was not reused lately, and is not known to be open, makes room.
/// </summary>
internal sealed class ConnectionTable(int capacity)
{
    /// <summary>So many that are open are passed over for a new one; looking further would cost each connection more.</summary>
    private const int MaxSpared = 8;

    private readonly ConcurrentDictionary<ActivitySpanId, TrackedConnection> _bySpan = new(SpanIdComparer.Instance);
    private readonly ConcurrentDictionary<long, TrackedConnection> _open = new();
    private readonly Queue<TrackedConnection> _byAge = new();
    private int _capacity = capacity;

    public int Count => _bySpan.Count;

    public bool TryGet(ActivitySpanId setup, [MaybeNullWhen(false)] out TrackedConnection connection) =>
        _bySpan.TryGetValue(setup, out connection);

    public bool Knows(TrackedConnection connection) => TryGet(connection.Context.SpanId, out var known) && known == connection;

    public void Add(TrackedConnection connection)
    {
        lock (_byAge)
        {
            MakeRoom(_capacity - 1);
            _byAge.Enqueue(connection);
            _bySpan[connection.Context.SpanId] = connection;
        }
    }

    /// <summary>
    /// The connection that served a request, of those that it links to: the one with the number that the request was sent on. Others served
    /// it before it was sent again, or belong to a client without a propagator that was called within the request.
    /// </summary>
    public TrackedConnection? FindServing(Activity request, HttpCall? sent, QueuedRequest? queued)
    {
        TrackedConnection? found = null;
        foreach (ref readonly var link in request.EnumerateLinks())
        {
            if (!TryGet(link.Context.SpanId, out var linked) || linked == found)
            {
                continue;
            }

            if (sent is null)
            {
                // A request that is sent again stays in its pool.
                if (found is not null && (linked.Host != found.Host || linked.Port != found.Port))
                {
                    continue;
                }
            }
            else if (linked.Id is long known && known != sent.ConnectionId)
            {
                if (sent.WasSentOn(known))
                {
                    linked.Use.Add(linked, request, queued);
                }

                continue;
            }

            found?.Use.Add(found, request, queued);
            found = linked;
        }

        if (sent is not null && found is { Id: null })
        {
            Identify(found, sent.ConnectionId);
        }

        return found;
    }

    /// <summary>The connection, known to be open, has this number in the events of System.Net.Http.</summary>
    public void Identify(TrackedConnection connection, long id)
    {
        lock (_byAge)
        {
            ForgetId(connection);
            connection.Identify(id);

            // One that is forgotten already must not stay because of its number.
            if (_bySpan.ContainsKey(connection.Context.SpanId))
            {
                _open[id] = connection;
            }
        }
    }

    /// <summary>The connection with this number is closed.</summary>
    public bool TryClose(long id, [MaybeNullWhen(false)] out TrackedConnection connection) => _open.TryRemove(id, out connection);

    /// <summary>From now on nothing tells which of them are closed. When events do so again, they have to be identified anew.</summary>
    public void ForgetOpen()
    {
        lock (_byAge)
        {
            foreach (var (id, connection) in _open)
            {
                connection.Identify(null);
                _open.TryRemove(id, out _);
            }
        }
    }

    public void Resize(int capacity)
    {
        lock (_byAge)
        {
            _capacity = capacity;
            MakeRoom(capacity);
        }
    }

    /// <summary>The most recent ones, newest first.</summary>
    public TrackedConnection[] Recent(int count)
    {
        TrackedConnection[] all;
        lock (_byAge)
        {
            all = [.. _byAge];
        }

        Array.Sort(all, static (x, y) => y.OpeningSince.CompareTo(x.OpeningSince));
        return all.Length <= count ? all : all[..count];
    }

    private void MakeRoom(int capacity)
    {
        var spared = 0;
        while (_byAge.Count > capacity)
        {
            var oldest = _byAge.Dequeue();
            var isOpen = oldest is { Id: not null, ClosedAt: null } && spared < MaxSpared;
            if (oldest.Use.RecentlyReused || isOpen)
            {
                // A second chance: it goes the next time it comes round, unless it has been reused by then. One that is known to be open stays
                // as long as others are closed.
                spared += isOpen ? 1 : 0;
                oldest.Use.RecentlyReused = false;
                _byAge.Enqueue(oldest);
            }
            else
            {
                _bySpan.TryRemove(oldest.Context.SpanId, out _);
                ForgetId(oldest);
            }
        }
    }

    // A number that it was taken to have by mistake may be that of another one by now.
    private void ForgetId(TrackedConnection connection)
    {
        if (connection.Id is long id)
        {
            _open.TryRemove(KeyValuePair.Create(id, connection));
        }
    }
}
