using System.Text;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>
/// The server's side of a connection, without sockets: answers each request, which must have no body, with <c>hello</c>;
/// with <c>silent</c> it never answers.
/// </summary>
internal sealed class MemoryTransport(int requestsPerConnection, bool silent, Action? onRequest) : Stream
{
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    private static readonly byte[] LastAnswer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");

    private readonly SemaphoreSlim _readable = new(0);
    private int _answered;
    private ReadOnlyMemory<byte> _unread;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public static SocketsHttpHandler NewHandler(int requestsPerConnection = int.MaxValue, bool silent = false, Action? onRequest = null) => new()
    {
        ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new MemoryTransport(requestsPerConnection, silent, onRequest)),
        UseProxy = false,
    };

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        onRequest?.Invoke();

        if (!silent)
        {
            _unread = ++_answered < requestsPerConnection ? Answer : LastAnswer;
            _readable.Release();
        }

        return ValueTask.CompletedTask;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_unread.IsEmpty)
        {
            await _readable.WaitAsync(cancellationToken);
        }

        var read = Math.Min(buffer.Length, _unread.Length);
        _unread[..read].CopyTo(buffer);
        _unread = _unread[read..];
        return read;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
