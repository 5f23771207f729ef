using Aspire.Hosting.Dcp;

namespace Aspire.Hosting.Tests;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a\n\nb\r\nc", "a", "", "b", "c")]
    [InlineData("last line\n", "last line")]
    [InlineData("0123456789", "0123456789")]
    [InlineData("0123456789\nx", "0123456789", "x")]
    [InlineData("0123456789ab\nx", "0123456789", "ab", "x")]
    [InlineData("0123456789abcdefghij0", "0123456789", "abcdefghij", "0")]
    public async Task Lines_come_one_by_one_and_long_ones_in_pieces(string text, params string[] pieces) => Assert.Equal(pieces, (await ReadAsync(text)).Select(piece => piece.Text));

    [Fact]
    public async Task The_last_piece_ends_the_line() =>
        Assert.Equal([("0123456789", false), ("ab", true), ("x", true)], (await ReadAsync("0123456789ab\nx")).Select(piece => (piece.Text, piece.EndsLine)));

    [Fact]
    public async Task What_is_longer_than_its_buffer_stays_whole_where_it_may()
    {
        var lines = new[] { new string('a', 10_000), new string('b', 4096), "c" };
        using var text = new StringReader(string.Join('\n', lines));
        var reader = new LineReader(text, 16_000);

        foreach (var line in lines)
        {
            Assert.Equal(new LinePiece(line, EndsLine: true), await reader.ReadAsync(CancellationToken.None));
        }

        Assert.Null(await reader.ReadAsync(CancellationToken.None));
    }

    private static async Task<List<LinePiece>> ReadAsync(string content)
    {
        using var text = new StringReader(content);
        var reader = new LineReader(text, longest: 10);
        var pieces = new List<LinePiece>();
        while (await reader.ReadAsync(CancellationToken.None) is { } piece)
        {
            pieces.Add(piece);
        }

        return pieces;
    }
}
