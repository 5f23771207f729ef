using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>
/// The hosts and ports that connections lead to. Bounded: when it is full, one without open connections makes room for a new
/// one; where all have some, the new one is not watched.
/// </summary>
internal sealed class HostTable
{
    private const int MaxHosts = 256;

    private readonly ConcurrentDictionary<(string Host, int Port), HostConnections> _hosts = new();
    private readonly Lock _gate = new();

    public int Count => _hosts.Count;

    public bool TryGet(string host, int port, [MaybeNullWhen(false)] out HostConnections connections) =>
        _hosts.TryGetValue((host, port), out connections);

    /// <summary>Where a connection, whose setup has ended, leads to; null: it is not watched.</summary>
    public HostConnections? Of(Connection connection)
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
                var unused = _hosts.FirstOrDefault(entry => entry.Value.Open == 0);
                if (unused.Value is null)
                {
                    return null;
                }

                _hosts.TryRemove(unused);
            }

            return _hosts.GetOrAdd((host, port), static key => new HostConnections(key.Host, key.Port));
        }
    }
}
