using System.Net;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>
/// An idle connection that the pool found unusable when a request came: closed by the server, or too old for
/// PooledConnectionLifetime. The operating system tells which: it counts connections that only the other side has closed, and
/// one less when the pool has let go of this one.
/// </summary>
internal sealed class ClosedWhileIdle
{
    // Asking takes its time: once for each host and port in this time.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly IPAddress _address;
    private readonly int _port;
    private readonly int _closedByPeer;

    private ClosedWhileIdle(Connection connection, IPAddress address, int port)
    {
        Connection = connection;
        _address = address;
        _port = port;
        _closedByPeer = TcpStates.CountClosedByPeer(address, port);
    }

    public Connection Connection { get; }

    /// <summary>Looks at a connection that the pool is about to let go of; null where nothing can be said, or nobody asks.</summary>
    public static ClosedWhileIdle? Inspect(Connection connection, DateTime now)
    {
        if (connection is not { Siblings: { } siblings, PeerPort: { } port } || !IPAddress.TryParse(connection.PeerAddress, out var address)
            || now - siblings.LastInquest < Pause)
        {
            return null;
        }

        siblings.LastInquest = now;
        siblings.ServerClosesIdle = false;
        return new ClosedWhileIdle(connection, address, port);
    }

    /// <summary>The pool has let go of it: finds out whether the server had closed it.</summary>
    public void Conclude()
    {
        if (_closedByPeer > 0 && TcpStates.CountClosedByPeer(_address, _port) < _closedByPeer)
        {
            Connection.ClosedByServer = true;
            Connection.Siblings!.ServerClosesIdle = true;
        }
    }
}
