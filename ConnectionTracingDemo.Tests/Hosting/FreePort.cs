using System.Net;
using System.Net.Sockets;

namespace ConnectionTracingDemo.Tests.Hosting;

/// <summary>
/// A port where nobody listens, to be refused by or for a program that has to be told its port before it starts. Below those that the system gives to whoever asks for any (from
/// 32768 on Linux, 49152 elsewhere): one of these may be gone, to a connection even, before the program takes it.
/// </summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Count = 12_000;

    // Another run of the tests begins elsewhere.
    private static int next = Random.Shared.Next(Count);

    public static int Find()
    {
        for (var attempt = 0; attempt < Count; attempt++)
        {
            var port = First + (Interlocked.Increment(ref next) % Count);
            if (IsFree(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || IsFree(IPAddress.IPv6Loopback, port)))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No port from {First} to {First + Count - 1} is free.");
    }

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
        catch (SocketException) when (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // No such address on this machine.
            return true;
        }
    }
}
