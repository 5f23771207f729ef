using System.Buffers;
using System.IO.Pipelines;
using Aspire.Hosting.Dashboard.Resources;
using Aspire.Hosting.Dashboard.Resources.Protocol;

namespace Aspire.Hosting.Tests.Resources;

public sealed class GrpcFramesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Pipe _pipe = new();

    [Fact]
    public async Task A_message_is_framed_with_its_length()
    {
        GrpcFrames.Write(_pipe.Writer, new ResourceCommandRequest { CommandName = "stop" });
        await _pipe.Writer.CompleteAsync();

        // Field 1, a text of four bytes.
        Assert.Equal([0, 0, 0, 0, 6, 0x0A, 4, .. "stop"u8], await ReadAllBytesAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("stop")]
    public async Task What_is_written_is_read(string command)
    {
        GrpcFrames.Write(_pipe.Writer, new ResourceCommandRequest { CommandName = command });
        await _pipe.Writer.FlushAsync();

        Assert.Equal(command, (await ReadAsync())!.CommandName);
    }

    [Fact]
    public void Nobody_asks_for_a_span_of_any_length()
    {
        var output = new ResetOutput();

        GrpcFrames.Write(output, new ResourceCommandRequest { CommandName = new string('x', 100_000) });

        Assert.InRange(output.Written, 100_000, 100_020);
    }

    [Fact]
    public async Task Messages_that_come_together_are_read_one_by_one()
    {
        foreach (var command in new[] { "start", "stop", "restart" })
        {
            GrpcFrames.Write(_pipe.Writer, new ResourceCommandRequest { CommandName = command });
        }

        await _pipe.Writer.CompleteAsync();

        Assert.Equal("start", (await ReadAsync())!.CommandName);
        Assert.Equal("stop", (await ReadAsync())!.CommandName);
        Assert.Equal("restart", (await ReadAsync())!.CommandName);
        Assert.Null(await ReadAsync());
    }

    [Fact]
    public async Task A_message_that_comes_byte_by_byte_is_read_when_it_is_whole()
    {
        byte[] frame = [0, 0, 0, 0, 6, 0x0A, 4, .. "stop"u8];
        var reading = ReadAsync();
        foreach (var part in frame)
        {
            Assert.False(reading.IsCompleted);
            await _pipe.Writer.WriteAsync(new[] { part });
        }

        Assert.Equal("stop", (await reading)!.CommandName);
    }

    [Fact]
    public async Task The_largest_message_is_read()
    {
        var command = new string('x', GrpcFrames.LargestMessage - 4);
        GrpcFrames.Write(_pipe.Writer, new ResourceCommandRequest { CommandName = command });
        var writing = _pipe.Writer.CompleteAsync();

        Assert.Equal(command, (await ReadAsync())!.CommandName);
        await writing;
    }

    [Theory]
    [InlineData("Unimplemented", "compressed", "01 00000000")]
    [InlineData("Internal", "byte 80", "505249202A")]
    [InlineData("ResourceExhausted", "262145 bytes", "00 00040001")]
    [InlineData("ResourceExhausted", "4294967295 bytes", "00 FFFFFFFF")]
    [InlineData("Internal", "in the middle", "00 00000006 0A04")]
    [InlineData("Internal", "in the middle", "00 00")]
    [InlineData("Internal", "is not a ResourceCommandRequest", "00 00000002 0A04")]
    public async Task What_is_no_message_is_refused_with_the_reason(string status, string reason, string bytes)
    {
        await _pipe.Writer.WriteAsync(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)));
        await _pipe.Writer.CompleteAsync();

        var exception = await Assert.ThrowsAsync<GrpcException>(ReadAsync);

        Assert.Equal(status, exception.Status.ToString());
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    private Task<ResourceCommandRequest?> ReadAsync() =>
        GrpcFrames.ReadAsync(_pipe.Reader, ResourceCommandRequest.Parser, CancellationToken.None).AsTask().WaitAsync(Patience);

    private async Task<byte[]> ReadAllBytesAsync()
    {
        using var bytes = new MemoryStream();
        await _pipe.Reader.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>As Kestrel's of a stream that has been reset: it has no room for who does not say how much he needs, however often he asks.</summary>
    private sealed class ResetOutput : IBufferWriter<byte>
    {
        public int Written { get; private set; }

        public void Advance(int count) => Written += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => sizeHint > 0 ? new byte[sizeHint] : throw new InvalidOperationException("There is no room.");

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
