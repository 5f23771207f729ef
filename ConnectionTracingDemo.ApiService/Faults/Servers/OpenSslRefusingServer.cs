using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>
/// Requires a client certificate over TLS 1.3, trusts none, and says so with a TLS alert. That reaches the client after its own
/// handshake has succeeded.
/// </summary>
internal sealed class OpenSslRefusingServer : FaultServer
{
    private const int Backlog = 16;

    private readonly LoopbackPort _port = LoopbackPort.Reserve();
    private readonly CancellationTokenSource _end = new();
    private Task _accepting = Task.CompletedTask;

    public override string Scheme => Uri.UriSchemeHttps;

    public override int Port => _port.Number;

    public override IReadOnlyList<IPAddress> Addresses => _port.Addresses;

    public override X509Certificate2 Certificate { get; } = SelfSignedCertificate.Create();

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var socket in _port.Sockets)
        {
            socket.Listen(Backlog);
        }

        _accepting = Task.WhenAll(_port.Sockets.Select(AcceptAsync));
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        _port.Dispose();
        _end.Dispose();
        Certificate.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        var visits = new List<Task>();
        try
        {
            while (true)
            {
                visits.Add(RefuseAsync(await listener.AcceptAsync(_end.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(visits);
        }
    }

    private async Task RefuseAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                using var handshake = new OpenSslHandshake(Certificate);
                var buffer = new byte[16 * 1024];
                bool goesOn;
                do
                {
                    var received = await socket.ReceiveAsync(buffer, _end.Token);
                    if (received == 0)
                    {
                        return;
                    }

                    goesOn = handshake.Continue(buffer, received, out var answer);
                    await socket.SendAsync(answer, _end.Token);
                }
                while (goesOn);

                socket.Shutdown(SocketShutdown.Send);

                // A connection closed with something unread is reset, and the client might lose the alert.
                while (await socket.ReceiveAsync(buffer, _end.Token) > 0)
                {
                }
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // The client is gone, or the server is to end.
            }
        }
    }
}
