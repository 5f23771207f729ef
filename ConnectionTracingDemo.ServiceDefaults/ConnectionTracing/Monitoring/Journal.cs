using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>
/// What a host remembers of its requests: the last so many, in one ring for all readers. A reader has a position in it and no
/// queue, so that one who does not read costs nothing, and misses something.
/// </summary>
internal sealed class Journal
{
    private const int KeptFindings = 50;

    private readonly Lock _gate = new();
    private readonly Ring<(Finding Finding, long After)> _findings = new(KeptFindings);
    private Ring<RememberedRequest> _requests;
    private Ring<(Connection Connection, long After)> _connections;
    private TaskCompletionSource? _changed;
    private long _state;

    /// <param name="capacity">How many requests are remembered, and how many changes of connections.</param>
    /// <param name="now">
    /// Positions begin with its microseconds: those of an earlier run are lower then, and not mistaken for this one's. Up to the
    /// year 2255 they are whole numbers in JavaScript, too.
    /// </param>
    public Journal(int capacity, DateTimeOffset now)
    {
        _requests = new(capacity, (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        _connections = new(capacity);
    }

    /// <summary>A request has ended, or its body has been read.</summary>
    public void Add(RememberedRequest request, IReadOnlyList<Finding> findings)
    {
        lock (_gate)
        {
            _requests.Add(request);
            foreach (var finding in findings)
            {
                _findings.Add((finding, _requests.Next));
            }

            TellReaders();
        }
    }

    /// <summary>A connection has been opened, or could not be, or has been closed.</summary>
    public void Add(Connection connection)
    {
        lock (_gate)
        {
            _connections.Add((connection, _requests.Next));
            TellReaders();
        }
    }

    /// <summary>Tracing was switched, or its options changed: readers are told.</summary>
    public void StateChanged()
    {
        lock (_gate)
        {
            _state++;
            TellReaders();
        }
    }

    public void Resize(int capacity)
    {
        lock (_gate)
        {
            if (capacity != _requests.Capacity)
            {
                _requests = _requests.Resized(capacity);
                _connections = _connections.Resized(capacity);
            }
        }
    }

    /// <summary>A new reader.</summary>
    /// <param name="after">Where he was before; null, or a position that this journal never gave: everything is new to him.</param>
    public JournalCursor Open(long? after)
    {
        lock (_gate)
        {
            if (after is not { } position || position < _requests.First || position > _requests.Next)
            {
                return new JournalCursor { Requests = _requests.Oldest, Connections = _connections.Oldest, Findings = _findings.Oldest };
            }

            return new JournalCursor
            {
                Requests = position,
                // What changed since that position was reached; some of it he may have seen.
                Connections = _connections.Next - _connections.From(_connections.Oldest).Count(change => change.After >= position),
                // A finding comes with its request.
                Findings = _findings.Next - _findings.From(_findings.Oldest).Count(finding => finding.After > position),
            };
        }
    }

    /// <summary>Reads on.</summary>
    public JournalEntries Read(JournalCursor cursor)
    {
        lock (_gate)
        {
            var entries = new JournalEntries(
                _requests.Next,
                Math.Max(0, _requests.Oldest - cursor.Requests),
                [.. _requests.From(cursor.Requests)],
                [.. _connections.From(cursor.Connections).Select(change => change.Connection).Distinct()],
                [.. _findings.From(cursor.Findings).Select(finding => finding.Finding)]);

            (cursor.Requests, cursor.Connections, cursor.Findings, cursor.State) = (_requests.Next, _connections.Next, _findings.Next, _state);
            return entries;
        }
    }

    /// <summary>Ends as soon as there is something after the cursor.</summary>
    public Task Changed(JournalCursor cursor)
    {
        lock (_gate)
        {
            if (cursor.Requests < _requests.Next || cursor.Connections < _connections.Next || cursor.Findings < _findings.Next || cursor.State < _state)
            {
                return Task.CompletedTask;
            }

            // Readers go on on threads of their own, not on that of a request, nor within its lock.
            return (_changed ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void TellReaders()
    {
        _changed?.SetResult();
        _changed = null;
    }
}
