using System.Net.Sockets;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>Connections that a test lets be opened, or fail, when it is time.</summary>
/// <param name="free">So many before them are opened at once.</param>
internal sealed class HeldConnects(int free = 0) : IDisposable
{
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _attempts;

    public SocketsHttpHandler NewHandler() => new() { ConnectCallback = ConnectAsync };

    /// <summary>One more is held.</summary>
    public Task Arrival() => _arrived.WaitAsync().Soon();

    public void Open() => _end.SetResult();

    public void Fail() => _end.SetException(new IOException("no"));

    public void Dispose() => _arrived.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _attempts) > free)
        {
            _arrived.Release();
            await _end.Task;
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
