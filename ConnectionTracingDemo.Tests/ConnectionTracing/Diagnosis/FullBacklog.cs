using System.Net;
using System.Net.Sockets;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Diagnosis;

/// <summary>A listener that accepts nobody, and whose queue is full: the system drops what comes.</summary>
internal sealed class FullBacklog : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _waiting = [];

    public FullBacklog()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1);

        // Until one is not accepted at once.
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _waiting.Add(socket);
            if (!socket.ConnectAsync(IPAddress.Loopback, Port).Wait(TimeSpan.FromMilliseconds(500)))
            {
                return;
            }
        }
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose()
    {
        _waiting.ForEach(socket => socket.Dispose());
        _listener.Dispose();
    }
}
