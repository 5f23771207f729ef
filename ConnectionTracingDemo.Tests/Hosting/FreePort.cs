using System.Net;
using System.Net.Sockets;

namespace ConnectionTracingDemo.Tests.Hosting;

/// <summary>A port that nobody listened on a moment ago. For programs that have to be told their port before they start.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
