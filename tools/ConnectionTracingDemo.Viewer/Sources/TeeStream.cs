namespace ConnectionTracingDemo.Viewer.Sources;

/// <summary>Keeps a copy of what is read, as long as it can be written.</summary>
internal sealed class TeeStream(Stream source, Stream copy) : Stream
{
    /// <summary>Why the copy ends before its source does; null if it does not.</summary>
    public IOException? CopyFailure { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var length = source.Read(buffer);
        if (CopyFailure is null)
        {
            try
            {
                copy.Write(buffer[..length]);
            }
            catch (IOException exception)
            {
                // A full disk is no reason to see nothing any more.
                CopyFailure = exception;
            }
        }

        return length;
    }

    public override void Flush() => copy.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
