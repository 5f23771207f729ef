using System;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Journal;

/// <summary>
/// What a host remembers of its requests: the last so many, in one ring for all readers. A reader has a position in it and no
/// queue: one that does not read costs nothing, and misses something. Readers take no lock that requests wait for, but to learn that there
/// is something new.
/// </summary>
internal sealed class RequestJournal : IConnectionObserver
{
    private const int KeptFindings = 50;

    private readonly Lock _gate = new();
    private readonly Ring<FindingEntry> _findings = new(KeptFindings);
    private readonly ConditionalWeakTable<TrackedConnection, ServedRequests> _served = [];
    private volatile Ring<RememberedRequest> _requests;
    private volatile Ring<ChangeEntry> _changes;
    private TaskCompletionSource? _changed;
    private long _state;

    /// <param name="capacity">How many requests are remembered, and how many changes of connections.</param>
    /// <param name="now">
    /// Positions begin with its microseconds: those of an earlier run are lower then, and not mistaken for this one's. Up to the
    /// year 2255 they are whole numbers in JavaScript, too.
    /// </param>
    public RequestJournal(int capacity, DateTimeOffset now)
    {
        _requests = new(capacity, (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        _changes = new(capacity);
    }

    /// <summary>How many segments of a path are remembered; null: all.</summary>
    public int? MaxPathSegments { get; set; }

    public void OnRequest(in CompletedRequest request)
    {
        if (request.Connection is { } connection)
        {
            _served.GetValue(connection, static _ => new ServedRequests()).Add(request.Activity);
        }

        if (request.Recorded)
        {
            Add(RequestDescription.Of(request, MaxPathSegments));
        }
    }

    public void OnBody(in ReadBody body) => Add(RequestDescription.Of(body.Request, MaxPathSegments, RequestTimeline.ReadingOf(body)));

    public void OnConnection(TrackedConnection connection, SetupPhase[] ownPhases) => AddChange(connection);

    public void OnClosed(TrackedConnection connection) => AddChange(connection);

    /// <summary>A request has ended, or its body has been read.</summary>
    public void Add(RememberedRequest request)
    {
        lock (_gate)
        {
            _requests.Add(request);
            TellReaders();
        }
    }

    /// <summary>The diagnosis found something. Its request is added after it.</summary>
    public void Add(Finding finding)
    {
        lock (_gate)
        {
            _findings.Add(new FindingEntry(finding, _requests.Next + 1));
            TellReaders();
        }
    }

    /// <summary>A connection has been opened, or could not be, or has been closed.</summary>
    public void AddChange(TrackedConnection connection)
    {
        lock (_gate)
        {
            _changes.Add(new ChangeEntry(connection, _requests.Next));
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
                _changes = _changes.Resized(capacity);
            }
        }
    }

    /// <summary>How many requests a connection served, and the most recent of them; null: none since the journal is kept.</summary>
    public ServedRequests? ServedBy(TrackedConnection connection) => _served.TryGetValue(connection, out var served) ? served : null;

    /// <summary>A new reader.</summary>
    /// <param name="after">Where it was before; null, or a position that this journal never gave: it gets everything that is remembered.</param>
    public JournalCursor Open(long? after)
    {
        var (requests, changes) = (_requests, _changes);
        if (after is not { } position || position < requests.First || position > requests.Next)
        {
            return new JournalCursor { Requests = requests.Oldest, Connections = changes.Oldest, Findings = _findings.Oldest };
        }

        var (change, finding) = (changes.Oldest, _findings.Oldest);
        var lastChanges = changes.Read(ref change, int.MaxValue, out _);
        var lastFindings = _findings.Read(ref finding, int.MaxValue, out _);
        return new JournalCursor
        {
            Requests = position,
            // What changed since that position was reached; some of it the reader may have got before.
            Connections = change - lastChanges.Count(entry => entry.After >= position),
            Findings = finding - lastFindings.Count(entry => entry.After > position),
        };
    }

    /// <summary>Reads on.</summary>
    /// <param name="cursor">The reader.</param>
    /// <param name="most">How many requests to read at most, and how many changes of connections.</param>
    public JournalEntries Read(JournalCursor cursor, int most = int.MaxValue)
    {
        cursor.State = Interlocked.Read(ref _state);
        var (requests, changes) = (_requests, _changes);

        // What came with later requests comes with those: a reader that goes on from the position at the end has got all that is before it.
        var next = requests.Next;
        var end = Math.Min(Math.Max(cursor.Requests, requests.Oldest) + most, next);
        var changed = changes.Read(ref cursor.Connections, most, out _, change => change.After <= end);
        if (changed.Count == most)
        {
            end = Math.Min(end, changed[^1].After);
        }

        var read = requests.Read(ref cursor.Requests, (int)Math.Min(most, Math.Max(0, end - Math.Max(cursor.Requests, requests.Oldest))), out var missed);
        var position = cursor.Requests;
        var findings = _findings.Read(ref cursor.Findings, int.MaxValue, out _, finding => finding.After <= position);

        return new JournalEntries(
            position,
            IsPiece: position < next || changed.Count == most,
            missed,
            read,
            [.. changed.Select(change => change.Connection).Distinct()],
            [.. findings.Select(finding => finding.Finding)]);
    }

    /// <summary>Whether there is something after the cursor. A finding is, as soon as its request is.</summary>
    private bool HasMore(JournalCursor cursor) =>
        cursor.Requests < _requests.Next || cursor.Connections < _changes.Next || cursor.State < Interlocked.Read(ref _state);

    /// <summary>Ends as soon as there is something after the cursor.</summary>
    public Task Changed(JournalCursor cursor)
    {
        lock (_gate)
        {
            // Readers go on on threads of their own, not on that of a request, nor within its lock.
            return HasMore(cursor) ? Task.CompletedTask : (_changed ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void TellReaders()
    {
        _changed?.SetResult();
        _changed = null;
    }

    /// <param name="Finding">What was found.</param>
    /// <param name="After">A reader at this position has read it.</param>
    private sealed record FindingEntry(Finding Finding, long After);

    /// <param name="Connection">What changed.</param>
    /// <param name="After">A reader beyond this position has read it.</param>
    private sealed record ChangeEntry(TrackedConnection Connection, long After);
}
