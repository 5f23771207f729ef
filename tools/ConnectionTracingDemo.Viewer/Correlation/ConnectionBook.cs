namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>The connections of the watched process, by the key that a request names its connection with.</summary>
internal sealed class ConnectionBook<TKey>(CorrelatorLimits limits)
    where TKey : notnull
{
    private readonly Recent<TKey, WatchedConnection> _open = new(limits.Open);
    private readonly Queue<WatchedConnection> _closed = new();

    public IEnumerable<WatchedConnection> All => _closed.Concat(_open.All).OrderBy(connection => connection.Id);

    public void Open(TKey key, WatchedConnection connection) => _open.Add(key, connection);

    /// <summary>Counts a request that names its connection.</summary>
    /// <param name="createUnseen">The connection whose opening was not seen: it is older than the watching, or has been forgotten.</param>
    /// <param name="useOfUnseen">What the first request on such a connection is told about it.</param>
    public RequestConnection Serve(TKey key, Func<WatchedConnection> createUnseen, ConnectionUse useOfUnseen = ConnectionUse.Reused)
    {
        if (!_open.TryGet(key, out var connection))
        {
            connection = createUnseen();
            _open.Add(key, connection);
        }

        var use = connection.RequestsServed > 0 ? ConnectionUse.Reused : connection.Opened is null ? useOfUnseen : ConnectionUse.New;
        connection.RequestsServed++;
        return new RequestConnection(connection, use);
    }

    public void Close(TKey key, DateTime time)
    {
        if (_open.Take(key, out var connection))
        {
            connection.Closed = time;
            _closed.Enqueue(connection);
            if (_closed.Count > limits.Closed)
            {
                _closed.Dequeue();
            }
        }
    }
}
