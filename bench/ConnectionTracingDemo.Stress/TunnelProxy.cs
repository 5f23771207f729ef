using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ConnectionTracingDemo.Stress;

/// <summary>A proxy that knows CONNECT only.</summary>
internal sealed class TunnelProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public TunnelProxy()
    {
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private static async Task ServeAsync(Socket accepted)
    {
        try
        {
            using var client = new NetworkStream(accepted, ownsSocket: true);
            using var reader = new StreamReader(client, Encoding.ASCII, leaveOpen: true);
            var target = (await reader.ReadLineAsync())!.Split(' ')[1];
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
            }

            using var server = new TcpClient { NoDelay = true };
            await server.ConnectAsync(IPEndPoint.Parse(target));
            await client.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
            accepted.NoDelay = true;
            await Task.WhenAny(client.CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client));
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // Either side has gone; the other one learns of it when its stream is disposed.
        }
    }
}
