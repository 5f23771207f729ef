using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Orchestration;

/// <summary>DCP keeps trying for ever when a port is taken and tells nobody, so somebody has to look first.</summary>
internal static class PortCheck
{
    /// <param name="port">The port.</param>
    /// <param name="user">Who wants it, and which setting says so.</param>
    /// <exception cref="DistributedApplicationException">Another program listens on the port.</exception>
    public static void EnsureFree(int port, string user)
    {
        if (port != 0 && (IsTaken(IPAddress.Loopback, port) || (Socket.OSSupportsIPv6 && IsTaken(IPAddress.IPv6Loopback, port))))
        {
            throw new DistributedApplicationException(
                $"Port {port} is taken; {user} needs it. Stop the program that listens on it (is this AppHost running already?) or choose another port there.");
        }
    }

    private static bool IsTaken(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return false;
        }
        catch (SocketException exception)
        {
            // Anything else, such as a machine without IPv6, says nothing about the port.
            return exception.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
    }
}
