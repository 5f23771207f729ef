using System.Buffers;
using System.Text;
using System.Text.Json;
using ConnectionTracing.Har;
using ConnectionTracingDemo.Viewer.Correlation;
using ConnectionTracingDemo.Viewer.Totals;

namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>A HAR file, http://www.softwareishard.com/blog/har-12-spec/. It is ordered by the start of the requests, so that it is written at the end.</summary>
/// <param name="output">Where to write.</param>
/// <param name="service">What sent the requests.</param>
/// <param name="capacity">How many requests are kept until the end.</param>
internal sealed class HarRowWriter(TextWriter output, string service, int capacity = HarRowWriter.DefaultCapacity) : IRowWriter
{
    public const int DefaultCapacity = 100_000;

    private readonly Queue<RequestRow> _rows = new();
    private long _dropped;

    public string? Remark => _dropped > 0
        ? $"The HAR file lacks the first {_dropped} requests: it has {capacity} at most. --host and --slow select those that matter; --format json has no limit."
        : null;

    public void Write(RequestRow row)
    {
        _rows.Enqueue(row);
        if (_rows.Count > capacity)
        {
            _rows.Dequeue();
            _dropped++;
        }
    }

    public void Refresh(Func<IReadOnlyCollection<WatchedConnection>> findConnections, DateTime now)
    {
        // The file is written as a whole, at the end.
    }

    public void WriteEnd(IReadOnlyCollection<WatchedConnection> connections, IReadOnlyCollection<HostTotal> totals, DateTime now)
    {
        var file = HarFile.Of(
            service, _rows, row => new DateTimeOffset(row.Start), row => HarConversion.EntryOf(TracedRow.RequestOf(row), TracedRow.ConnectionOf(row), service, []), Remark);
        using (var json = new Utf8JsonWriter(new Utf8Output(output)))
        {
            JsonSerializer.Serialize(json, file, HarJson.Default.HarFile);
        }

        output.WriteLine();
        output.Flush();
    }

    /// <summary>Passes UTF-8 on as text, in pieces.</summary>
    private sealed class Utf8Output(TextWriter output) : IBufferWriter<byte>
    {
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
        private byte[] _bytes = new byte[16 * 1024];
        private char[] _chars = [];

        public void Advance(int count)
        {
            var most = Encoding.UTF8.GetMaxCharCount(count);
            _chars = _chars.Length < most ? new char[most] : _chars;
            output.Write(_chars, 0, _decoder.GetChars(_bytes.AsSpan(0, count), _chars, flush: false));
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => _bytes = _bytes.Length < sizeHint ? new byte[sizeHint] : _bytes;

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
