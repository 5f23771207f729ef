namespace ConnectionTracingDemo.Viewer.Sources;

/// <summary>Knows a .nettrace file from others, and a whole one from a part of one.</summary>
internal static class TraceFile
{
    // https://github.com/microsoft/perfview/blob/main/src/TraceEvent/EventPipe/NetTraceFormat.md
    private static ReadOnlySpan<byte> Magic => "Nettrace"u8;

    private static ReadOnlySpan<byte> SerializedFormat => "!FastSerialization.1"u8;

    /// <exception cref="ViewerException">It cannot be read, or is something else.</exception>
    public static FileStream Open(string path)
    {
        FileStream file;
        try
        {
            file = File.OpenRead(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ViewerException($"There is no file '{path}'.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ViewerException($"'{path}' cannot be read: {exception.Message}", exception);
        }

        if (!file.CanSeek)
        {
            file.Dispose();
            throw new ViewerException($"'{path}' cannot be read: it is a pipe. Write it to a file first.");
        }

        Span<byte> start = stackalloc byte[Magic.Length];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.SequenceEqual(Magic))
        {
            file.Dispose();
            throw new ViewerException($"'{path}' is not a .nettrace file. Record one with 'connection-viewer watch <pid> --output x.nettrace' or with 'dotnet-trace collect'.");
        }

        file.Position = 0;
        return file;
    }

    /// <summary>Whether the end is there: a recorder that was killed could not write it.</summary>
    public static bool IsWhole(FileStream file)
    {
        Span<byte> buffer = stackalloc byte[SerializedFormat.Length];

        file.Position = Magic.Length + sizeof(int);
        var isSerialized = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) == buffer.Length && buffer.SequenceEqual(SerializedFormat);

        var whole = !isSerialized;
        if (isSerialized && file.Length > 64)
        {
            // End of the last object, then a null reference instead of a next one. Later formats end otherwise; their reader notices by itself.
            file.Position = file.Length - 2;
            file.ReadExactly(buffer[..2]);
            whole = buffer is [6, 1, ..];
        }

        file.Position = 0;
        return whole;
    }
}
