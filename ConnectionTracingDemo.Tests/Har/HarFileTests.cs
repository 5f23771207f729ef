using System.IO.Pipelines;
using System.Text;
using ConnectionTracing.Har;
using ConnectionTracingDemo.Tests.ConnectionTracing.Page;

namespace ConnectionTracingDemo.Tests.Har;

/// <summary>Files are written, read and merged.</summary>
public sealed class HarFileTests
{
    [Fact]
    public async Task Merged_files_have_the_requests_of_all_services_in_order()
    {
        var web = HarFile.Of("web", [Sample.Request("https://api/1"), Sample.Refused("https://api/2")], [], []);
        var api = HarFile.Of("api", [Sample.Request("https://db/3"), Sample.Request("https://db/4")], [], []);

        var merged = HarFile.Merge(await RoundTripAsync(api), web, Empty());

        var entries = HarAssert.IsValid(await WriteAsync(merged));
        Assert.Equal(["https://api/1", "https://api/2", "https://db/3", "https://db/4"], entries.Select(entry => entry.GetProperty("request").Text("url")).Order());
        Assert.Equal(["web", "api"], merged.Log.Pages.Select(page => page.Title));
        Assert.Equal(merged.Log.Entries.First().StartedDateTime, merged.Log.Pages[0].StartedDateTime);
    }

    [Fact]
    public async Task What_is_read_is_what_was_written()
    {
        var connection = Sample.Connection("api");
        var request = Sample.First("https://api/") with { Connection = connection.SpanId };
        var file = HarFile.Merge(
            HarFile.Of("web", [request, Sample.Request("https://api/1"), Sample.Refused("https://api/2")], [connection], [Sample.Finding("api") with { SpanId = request.SpanId }]),
            Empty("Some are missing."));

        Assert.Equal(await WriteAsync(file), await WriteAsync(await RoundTripAsync(file)));
    }

    [Fact]
    public async Task Comments_of_merged_files_are_kept()
    {
        var merged = HarFile.Merge(Empty("A is missing."), Empty(), Empty("B is missing."));

        Assert.Equal("A is missing. B is missing.", merged.Log.Comment);
        Assert.Null(HarFile.Merge(await RoundTripAsync(Empty())).Log.Comment);
    }

    [Fact]
    public async Task Headers_of_a_foreign_file_are_not_taken_over()
    {
        var json = await WriteAsync(HarFile.Of("web", [Sample.Request("https://api/1")], [], []));
        var foreign = json.Replace("\"headers\":[]", """ "headers":[{"name":"Authorization","value":"secret"}] """.Trim(), StringComparison.Ordinal);
        Assert.NotEqual(json, foreign);

        Assert.Equal(json, await WriteAsync(await ReadAsync(foreign)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"log":null}""")]
    [InlineData("""{"log":{"version":"1.2","creator":{"name":"Other","version":"1"},"pages":[],"entries":null}}""")]
    [InlineData("""{"log":{"version":"1.2","creator":{"name":"Other","version":"1"},"pages":[],"entries":[{}]}}""")]
    [InlineData("""{"log":{"version":"1.2","creator":{"name":"Other","version":"1"},"pages":[{"startedDateTime":"yesterday","id":"a","title":"a"}],"entries":[]}}""")]
    public async Task What_is_no_file_is_refused_by_name(string text)
    {
        var exception = await Assert.ThrowsAsync<HarException>(() => ReadAsync(text));

        Assert.StartsWith("apiservice/requests.har is no HAR file", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_that_is_cut_off_is_refused()
    {
        var json = await WriteAsync(HarFile.Of("web", [Sample.Request("https://api/1")], [], []));

        await Assert.ThrowsAsync<HarException>(() => ReadAsync(json[..^2]));
    }

    [Fact]
    public async Task File_that_is_too_long_is_refused_before_it_is_read_to_the_end()
    {
        using var endless = new EndlessStream();

        var exception = await Assert.ThrowsAsync<HarException>(() => HarFile.ReadAsync(endless, "apiservice/requests.har", CancellationToken.None));

        Assert.Contains("MaxRememberedRequests", exception.Message, StringComparison.Ordinal);
        Assert.InRange(endless.BytesRead, HarFile.MaxLength, HarFile.MaxLength + 1_000_000);
    }

    private static HarFile Empty(string? comment = null) =>
        HarFile.Of<HarEntry>("web", [], entry => entry.StartedDateTime, entry => entry, comment);

    private static async Task<HarFile> RoundTripAsync(HarFile file) => await ReadAsync(await WriteAsync(file));

    private static async Task<HarFile> ReadAsync(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await HarFile.ReadAsync(stream, "apiservice/requests.har", CancellationToken.None);
    }

    private static async Task<string> WriteAsync(HarFile file)
    {
        using var stream = new MemoryStream();
        await file.WriteAsync(PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)), CancellationToken.None);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private sealed class EndlessStream : Stream
    {
        public long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)' ');
            BytesRead += count;
            return count;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
