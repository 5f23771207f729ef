using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Threading;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Diagnosis;

/// <summary>
/// The hosts and ports that connections lead to. Bounded: when it is full, one without open connections makes room for a new
/// one; where all have some, or nothing tells which are closed, the one that was not connected to for longest.
/// </summary>
internal sealed class HostTable(FailureLog log)
{
    private const int MaxHosts = 256;

    private readonly ConcurrentDictionary<(string Host, int Port), HostConnections> _hosts = new();
    private readonly TcpStates _states = new(log);
    private readonly Lock _gate = new();
    private bool _forgotOpen;

    public int Count => _hosts.Count;

    public bool TryGet(string host, int port, [MaybeNullWhen(false)] out HostConnections connections) =>
        _hosts.TryGetValue((host, port), out connections);

    /// <summary>Where a connection leads to; null: it does not say where, or that is forgotten.</summary>
    public HostConnections? Find(TrackedConnection? connection) =>
        connection is { Host: { } host, Port: { } port } && TryGet(host, port, out var known) ? known : null;

    /// <summary>The connections to an endpoint; null: there are none, or they are forgotten.</summary>
    public HostConnections? Find(Endpoint? endpoint) => endpoint is { Host: { } host } && TryGet(host, endpoint.Value.Port ?? 0, out var known) ? known : null;

    /// <summary>The same for a connection whose setup has ended now.</summary>
    public HostConnections? AddFor(TrackedConnection connection)
    {
        if (connection is not { Host: { } host, Port: { } port })
        {
            return null;
        }

        if (_hosts.TryGetValue((host, port), out var known))
        {
            return known;
        }

        lock (_gate)
        {
            if (_hosts.Count >= MaxHosts)
            {
                var oldest = _hosts.MinBy(entry => (entry.Value.Open > 0, entry.Value.LastAdded));
                _forgotOpen |= oldest.Value.Open > 0;
                _hosts.TryRemove(oldest);
            }

            return _hosts.GetOrAdd((host, port), key => new HostConnections(key.Host, key.Port, _states, mayHaveOthers: _forgotOpen));
        }
    }
}
