using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace ConnectionTracingDemo.Bench;

/// <summary>
/// Connections without sockets: two pipes, and a server that reads a request to its end and answers it. The pipes run their
/// readers at once, on the writer's thread, so that a request is not measured together with the thread pool.
/// </summary>
internal sealed class MemoryTransport : Stream
{
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    private static readonly byte[] LastAnswer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");
    private static readonly PipeOptions Inline = new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);

    private readonly Pipe _toServer = new(Inline);
    private readonly Pipe _toClient = new(Inline);
    private readonly Stream _reader;

    private MemoryTransport(bool close)
    {
        _reader = _toClient.Reader.AsStream();

        // The server is not part of the request that happened to open the connection.
        using (ExecutionContext.SuppressFlow())
        {
            _ = ServeAsync(close ? LastAnswer : Answer);
        }
    }

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

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await _toServer.Writer.WriteAsync(buffer, cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _reader.ReadAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _toServer.Writer.Complete();
            _toClient.Reader.Complete();
        }

        base.Dispose(disposing);
    }

    private async Task ServeAsync(byte[] answer)
    {
        while (true)
        {
            var result = await _toServer.Reader.ReadAsync();
            if (result.IsCompleted)
            {
                _toServer.Reader.Complete();
                _toClient.Writer.Complete();
                return;
            }

            if (EndOfHeaders(result.Buffer) is { } end)
            {
                _toServer.Reader.AdvanceTo(end);
                await _toClient.Writer.WriteAsync(answer);
            }
            else
            {
                _toServer.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
    }

    private static SequencePosition? EndOfHeaders(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        return reader.TryReadTo(out ReadOnlySequence<byte> _, "\r\n\r\n"u8) ? reader.Position : null;
    }
}
