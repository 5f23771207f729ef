using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>
/// The connections that requests may link to, by the span id of their setup. Nothing says when a connection is closed,
/// so the table is bounded: when it is full, the oldest that was not reused lately makes room.
/// </summary>
internal sealed class ConnectionTable(int capacity)
{
    private readonly ConcurrentDictionary<ActivitySpanId, Connection> _bySpan = new(SpanIdComparer.Instance);
    private readonly Queue<Connection> _byAge = new();
    private int _capacity = capacity;

    public int Count => _bySpan.Count;

    public bool TryGet(ActivitySpanId setup, [MaybeNullWhen(false)] out Connection connection) =>
        _bySpan.TryGetValue(setup, out connection);

    public void Add(Connection connection)
    {
        lock (_byAge)
        {
            MakeRoom(_capacity - 1);
            _byAge.Enqueue(connection);
            _bySpan[connection.Context.SpanId] = connection;
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
    public Connection[] Recent(int count)
    {
        Connection[] all;
        lock (_byAge)
        {
            all = [.. _byAge];
        }

        Array.Sort(all, static (x, y) => y.OpeningSince.CompareTo(x.OpeningSince));
        return all.Length <= count ? all : all[..count];
    }

    private void MakeRoom(int capacity)
    {
        while (_byAge.Count > capacity)
        {
            var oldest = _byAge.Dequeue();
            if (oldest.RecentlyReused)
            {
                // A second chance: it goes the next time it comes round, unless it has been reused by then.
                oldest.RecentlyReused = false;
                _byAge.Enqueue(oldest);
            }
            else
            {
                _bySpan.TryRemove(oldest.Context.SpanId, out _);
            }
        }
    }
}
