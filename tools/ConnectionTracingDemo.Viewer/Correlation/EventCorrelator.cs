namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>
/// Events in, requests and connections out. An event belongs to the request whose ActivityID path its own path begins with;
/// a connection belongs to no request, but to every request that was sent with its number. Not thread-safe.
/// </summary>
internal sealed class EventCorrelator(Action<RequestRow> onRequest, CorrelatorLimits limits)
{
    private readonly Dictionary<string, TrackedRequest> _requests = [];
    private readonly LinkedList<TrackedRequest> _running = new();
    private readonly LinkedList<TrackedRequest> _ended = new();
    private readonly ConnectionBook<long> _connections = new(limits);

    private long _runningWithoutPath;

    /// <summary>Requests without an ActivityID: it is unknown which other events belong to them.</summary>
    public long Uncorrelated { get; private set; }

    /// <summary>Requests that ended, but were not seen to begin: mostly those under way when the watching began.</summary>
    public long Unbegun { get; private set; }

    /// <summary>Requests that were forgotten because too many were under way.</summary>
    public long Forgotten { get; private set; }

    /// <summary>Requests whose end has not been seen.</summary>
    public int Unended => _running.Count;

    /// <summary>The events do not number connections: the runtime is older than .NET 8.</summary>
    public bool LacksConnectionIds { get; private set; }

    /// <summary>Events are missing: what was not seen may have happened all the same.</summary>
    public bool EventsWereLost { get; set; }

    public IEnumerable<WatchedConnection> Connections => _connections.All;

    public void Add(NetworkEvent e)
    {
        if (e.Path is null)
        {
            AddWithoutPath(e);
            return;
        }

        if (e.Kind == NetworkEventKind.RequestStart)
        {
            Begin(e, e.Path);
            return;
        }

        var request = e.Kind == NetworkEventKind.RequestStop ? _requests.GetValueOrDefault(e.Path) : FindRequest(e.Path);
        switch (e.Kind)
        {
            case NetworkEventKind.RequestStop:
                End(request, e);
                return;

            case NetworkEventKind.ConnectionEstablished:
                Open(e, request);
                break;

            case NetworkEventKind.ConnectionClosed:
                Close(e);
                break;

            case NetworkEventKind.RequestHeadersStart:
                Send(request, e);
                break;
        }

        request?.Add(e);
    }

    private void AddWithoutPath(NetworkEvent e)
    {
        switch (e.Kind)
        {
            case NetworkEventKind.RequestStart:
                Uncorrelated++;
                _runningWithoutPath++;
                break;

            // The process gives no ActivityID to a request that was under way when they were not yet asked for.
            case NetworkEventKind.RequestStop when _runningWithoutPath == 0:
                Unbegun++;
                break;

            case NetworkEventKind.RequestStop:
                _runningWithoutPath--;
                break;

            case NetworkEventKind.ConnectionEstablished:
                Open(e, initiator: null);
                break;

            case NetworkEventKind.ConnectionClosed:
                Close(e);
                break;

            case NetworkEventKind.RequestHeadersStart:
                Send(request: null, e);
                break;
        }
    }

    private void Begin(NetworkEvent e, string path)
    {
        var request = new TrackedRequest(path, e);
        if (_requests.TryGetValue(path, out var predecessor))
        {
            // Its end was lost: paths are used once.
            Remove(predecessor);
        }

        _requests[path] = request;
        request.Node = _running.AddLast(request);
        if (_running.Count > limits.Running)
        {
            Forgotten++;
            Remove(_running.First!.Value);
        }
    }

    private void End(TrackedRequest? request, NetworkEvent e)
    {
        if (request is null || request.IsOver)
        {
            Unbegun++;
            return;
        }

        onRequest(request.ToRow(e));

        request.IsOver = true;
        _running.Remove(request.Node!);
        request.Node = _ended.AddLast(request);
        if (_ended.Count > limits.Ended)
        {
            Remove(_ended.First!.Value);
        }
    }

    private void Remove(TrackedRequest request)
    {
        request.Node!.List!.Remove(request.Node);
        _requests.Remove(request.Path);
    }

    /// <summary>The innermost request around an event: one may send another, for example to find out where to connect to.</summary>
    private TrackedRequest? FindRequest(string path)
    {
        var lookup = _requests.GetAlternateLookup<ReadOnlySpan<char>>();
        var rest = path.AsSpan();
        while (rest.Length > 1)
        {
            if (lookup.TryGetValue(rest, out var request))
            {
                return request;
            }

            rest = rest[..(rest[..^1].LastIndexOf('/') + 1)];
        }

        return null;
    }

    private void Open(NetworkEvent e, TrackedRequest? initiator)
    {
        var phases = initiator?.TakeSetup();
        if (e.ConnectionId is not { } id)
        {
            LacksConnectionIds = true;
            return;
        }

        _connections.Open(id, new WatchedConnection(id)
        {
            Opened = e.Time,
            Host = e.Port > 0 ? $"{e.Host}:{e.Port}" : e.Host,
            RemoteAddress = e.RemoteAddress,
            HttpVersion = e.HttpVersion,
            Phases = phases ?? [],
        });
    }

    private void Send(TrackedRequest? request, NetworkEvent e)
    {
        if (e.ConnectionId is not { } id)
        {
            LacksConnectionIds = true;
            return;
        }

        // It existed before, unless the event of its opening is among those that got lost.
        var unseen = EventsWereLost ? ConnectionUse.Unknown : ConnectionUse.Reused;
        var served = _connections.Serve(id, () => new WatchedConnection(id) { Host = request?.Host }, unseen);
        request?.SentOn(served);
    }

    private void Close(NetworkEvent e)
    {
        if (e.ConnectionId is { } id)
        {
            _connections.Close(id, e.Time);
        }
    }
}
