using System.Net;
using System.Net.Sockets;
using System.Text;
using ConnectionTracingDemo.Tests.Hosting;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>Does to a TCP connection what no well-behaved server would.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    // An ephemeral port may equal one that is still in TIME_WAIT. The diagnosis reads socket states by port and would see both.
    private readonly TcpListener _listener = new(IPAddress.Loopback, FreePort.Find());
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public RawServer(Func<NetworkStream, CancellationToken, Task> serve)
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(serve);
    }

    public int Port { get; }

    /// <summary>Reads the headers of one request, and no byte more.</summary>
    /// <returns>Its first line; null at the end of the stream.</returns>
    public static async Task<string?> ReadRequest(Stream stream, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, cancellationToken);
            if (read == 0)
            {
                return null;
            }

            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return text.ToString().Split("\r\n")[0];
    }

    public static ValueTask Write(Stream stream, string text, CancellationToken cancellationToken) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<NetworkStream, CancellationToken, Task> serve)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The last of them: it was stopped, or disposed, between two connections.
            await Task.WhenAll(connections);
        }

        async Task ServeAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    await serve(client.GetStream(), _stop.Token);
                }
                catch (Exception exception) when (exception is OperationCanceledException or IOException)
                {
                    // The client has gone, or the test is over.
                }
            }
        }
    }
}
