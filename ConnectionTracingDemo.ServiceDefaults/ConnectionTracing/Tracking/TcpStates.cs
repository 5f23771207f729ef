using System.Net;
using System.Net.NetworkInformation;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>What the operating system knows of a connection and .NET does not say.</summary>
internal static class TcpStates
{
    /// <summary>
    /// How many connections to an address and port the other side has closed, while this side has not yet; 0 also where the
    /// system does not tell. Takes about ten milliseconds.
    /// </summary>
    public static int CountClosedByPeer(IPAddress address, int port)
    {
        TcpConnectionInformation[] connections;
        try
        {
            connections = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections();
        }
        catch (Exception exception) when (exception is NetworkInformationException or PlatformNotSupportedException or IOException or UnauthorizedAccessException)
        {
            return 0;
        }

        var count = 0;
        foreach (var connection in connections)
        {
            if (connection.State == TcpState.CloseWait && connection.RemoteEndPoint.Port == port && Plain(connection.RemoteEndPoint.Address).Equals(Plain(address)))
            {
                count++;
            }
        }

        return count;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
