using System.Text;

namespace ConnectionTracingDemo.Bench;

/// <summary>The server's side of a connection, without sockets: answers each request at once, and allocates nothing for it but a wait.</summary>
internal sealed class MemoryTransport(bool close) : Stream
{
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    private static readonly byte[] LastAnswer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");

    private readonly Lock _gate = new();
    private TaskCompletionSource? _reader;
    private ReadOnlyMemory<byte> _unread;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public static SocketsHttpHandler NewHandler(bool close) => new()
    {
        ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new MemoryTransport(close)),
        UseProxy = false,
        UseCookies = false,
    };

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            _unread = close ? LastAnswer : Answer;
            _reader?.TrySetResult();
            _reader = null;
        }

        return ValueTask.CompletedTask;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (!_unread.IsEmpty || buffer.IsEmpty)
            {
                var read = Math.Min(buffer.Length, _unread.Length);
                _unread[..read].CopyTo(buffer);
                _unread = _unread[read..];
                return ValueTask.FromResult(read);
            }

            _reader = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return WaitAsync(_reader.Task, buffer);
        }
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

    private async ValueTask<int> WaitAsync(Task data, Memory<byte> buffer)
    {
        await data;
        return await ReadAsync(buffer);
    }
}
