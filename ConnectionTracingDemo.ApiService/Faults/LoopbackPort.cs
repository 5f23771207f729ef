using System.Net;
using System.Net.Sockets;

namespace ConnectionTracingDemo.ApiService.Faults;

/// <summary>
/// One port, chosen by the system, on the loopback addresses of this machine: 127.0.0.1 and, where there is IPv6, ::1. So nobody
/// else answers at <c>localhost</c>, whichever of them that is. A socket that is bound and does not listen refuses connections.
/// </summary>
internal sealed class LoopbackPort : IDisposable
{
    private const int Attempts = 20;

    private LoopbackPort(Socket ipv4, Socket? ipv6)
    {
        IPv4 = ipv4;
        IPv6 = ipv6;
        Number = ((IPEndPoint)ipv4.LocalEndPoint!).Port;
    }

    public int Number { get; }

    public Socket IPv4 { get; }

    /// <summary>Null on a machine without IPv6.</summary>
    public Socket? IPv6 { get; }

    public IReadOnlyList<Socket> Sockets => IPv6 is null ? [IPv4] : [IPv4, IPv6];

    public IReadOnlyList<IPAddress> Addresses => [.. Sockets.Select(AddressOf)];

    public static LoopbackPort Reserve()
    {
        for (var attempt = 1; ; attempt++)
        {
            var ipv4 = Bind(IPAddress.Loopback, 0);
            try
            {
                return new LoopbackPort(ipv4, TryBindIPv6(((IPEndPoint)ipv4.LocalEndPoint!).Port));
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < Attempts)
            {
                // Somebody has this port on ::1 only. The next one then.
                ipv4.Dispose();
            }
            catch
            {
                ipv4.Dispose();
                throw;
            }
        }
    }

    public static IPAddress AddressOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Address;

    public static Socket Bind(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        IPv4.Dispose();
        IPv6?.Dispose();
    }

    private static Socket? TryBindIPv6(int port)
    {
        try
        {
            return Socket.OSSupportsIPv6 ? Bind(IPAddress.IPv6Loopback, port) : null;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            // The system knows IPv6, but this machine, or container, has no ::1.
            return null;
        }
    }
}
