using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.NetworkInformation;
using System.Threading;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Diagnosis;

/// <summary>
/// What the operating system knows of a connection and .NET does not say. Asking takes ten milliseconds, and more where there
/// are many sockets: so it happens in the background, one question at a time, and all of them together for a twentieth of the
/// time at most.
/// </summary>
/// <param name="log">Where a failure is reported.</param>
/// <param name="list">Asks the system; null: for real.</param>
internal sealed class TcpStates(FailureLog log, Func<TcpConnectionInformation[]>? list = null)
{
    /// <summary>After a question there is none for so many times as long as it took.</summary>
    private const int Rest = 20;

    private readonly Func<TcpConnectionInformation[]> _list = list ?? (static () => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections());
    private long _notBefore;
    private int _asking;

    /// <summary>
    /// Asks whether this side has lately been the first to close a connection to an address and port: the system remembers those
    /// for a while. The caller does not wait.
    /// </summary>
    /// <param name="answer">Called on another thread; null: the system does not tell.</param>
    /// <returns>False: not now, it has been asked enough.</returns>
    public bool TryAskWhetherWeClosed(IPAddress address, int port, Action<bool?> answer)
    {
        if (Stopwatch.GetTimestamp() < Volatile.Read(ref _notBefore) || Interlocked.Exchange(ref _asking, 1) != 0)
        {
            return false;
        }

        // Without the flow of the request that asks.
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                var start = Stopwatch.GetTimestamp();
                try
                {
                    answer(HaveWeClosed(address, port));
                }
                catch (Exception exception)
                {
                    log.Report(exception);
                }

                var end = Stopwatch.GetTimestamp();
                Volatile.Write(ref _notBefore, end + ((end - start) * Rest));
                Volatile.Write(ref _asking, 0);
            },
            null);

        return true;
    }

    private bool? HaveWeClosed(IPAddress address, int port)
    {
        TcpConnectionInformation[] connections;
        try
        {
            connections = _list();
        }
        catch (Exception exception) when (exception is NetworkInformationException or PlatformNotSupportedException or IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // The connection that replaces the closed one is there; where not even that is listed, the list says nothing.
        bool? closed = null;
        foreach (var connection in connections)
        {
            if (connection.RemoteEndPoint.Port == port && Plain(connection.RemoteEndPoint.Address).Equals(Plain(address)))
            {
                // The states of the side that closes first. The other one has CLOSE_WAIT, LAST_ACK, and then nothing.
                closed = closed is true || connection.State is TcpState.FinWait1 or TcpState.FinWait2 or TcpState.Closing or TcpState.TimeWait;
            }
        }

        return closed;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
