using System;
using System.Net;
using System.Threading;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Diagnosis;

/// <summary>
/// Who closes the idle connections to a host and port. One that the pool finds unusable when a request comes was closed by the
/// server, or is too old for PooledConnectionLifetime, and only the operating system tells which. The answer comes after the
/// request that made us ask: it is for the next one that finds its connection closed.
/// </summary>
internal sealed class IdleClosings(TcpStates states)
{
    /// <summary>
    /// How long an answer holds, and how long there is no second question. It also means that a connection of the next such
    /// request was not older than this.
    /// </summary>
    private static readonly TimeSpan Holds = TimeSpan.FromMinutes(1);

    /// <summary>So long every system remembers a connection that it closed first: 30 s on Windows and macOS, 60 s on Linux.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private DateTime _asked;
    private DateTime? _closedByServer;

    /// <summary>Whether the server was seen to close idle connections lately.</summary>
    public bool AreByServer(DateTime now)
    {
        lock (_gate)
        {
            return now - _closedByServer < Holds;
        }
    }

    /// <summary>
    /// Whether the server closed one connection after the other: this one was opened when another one had been found closed, by
    /// the server for certain. Those that a restart of the server closes all go at once.
    /// </summary>
    public bool Continue(TrackedConnection found)
    {
        lock (_gate)
        {
            return found.ClosedAt - _closedByServer < Holds && found.OpeningSince >= _closedByServer;
        }
    }

    /// <summary>The request that found the connection closed is over, so the pool has let go of it. Finds out who closed it.</summary>
    public void Ask(TrackedConnection found)
    {
        if (found is not { ClosedAt: { } closedAt, PeerPort: { } port } || !IPAddress.TryParse(found.PeerAddress, out var address))
        {
            return;
        }

        lock (_gate)
        {
            if (closedAt - _asked >= Holds && states.TryAskWhetherWeClosed(address, port, weClosed => Answered(closedAt, weClosed)))
            {
                _asked = closedAt;
            }
        }
    }

    private void Answered(DateTime closedAt, bool? weClosed)
    {
        // Too late, and the system may have forgotten.
        var certain = DateTime.UtcNow - closedAt < Remembered;

        lock (_gate)
        {
            _closedByServer = certain && weClosed is false ? closedAt : null;
        }
    }
}
