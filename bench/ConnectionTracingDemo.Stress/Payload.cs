namespace ConnectionTracingDemo.Stress;

/// <summary>Bodies that both sides know, so that each can check what it got.</summary>
internal static class Payload
{
    /// <summary>More than a window of HTTP/2, and not so much that pooled buffers are most of the memory.</summary>
    public const int MaxSize = 128 * 1024;

    private const int Offsets = 1 << 16;

    private static readonly byte[] Bytes = Create();

    public static ReadOnlyMemory<byte> Of(long seed, int size) => Bytes.AsMemory((int)(seed % Offsets), size);

    /// <exception cref="InvalidDataException">The body is another one.</exception>
    public static void Check(ReadOnlySpan<byte> body, long seed, int size)
    {
        if (!body.SequenceEqual(Of(seed, size).Span))
        {
            throw new InvalidDataException($"A body of {body.Length} bytes came, and it is not the expected one of {size} bytes.");
        }
    }

    private static byte[] Create()
    {
        var bytes = new byte[MaxSize + Offsets];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
