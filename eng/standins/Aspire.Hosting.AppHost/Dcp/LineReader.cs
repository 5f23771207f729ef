using System.Text;

namespace Aspire.Hosting.Dcp;

/// <summary>A line, or a piece of one that is too long.</summary>
/// <param name="Text">What it says.</param>
/// <param name="EndsLine">Whether the next one begins a new line.</param>
internal readonly record struct LinePiece(string Text, bool EndsLine);

/// <summary>Reads lines, and breaks those that are too long to be kept in memory, so that nobody who forgets to end a line fills it.</summary>
internal sealed class LineReader(TextReader reader, int longest)
{
    private readonly char[] _buffer = new char[4096];
    private readonly StringBuilder _line = new();
    private int _start;
    private int _end;

    /// <returns>The next line or piece of a line; null at the end.</returns>
    public async ValueTask<LinePiece?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_start == _end)
            {
                _start = 0;
                _end = await reader.ReadAsync(_buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
                if (_end == 0)
                {
                    return _line.Length > 0 ? Take(endsLine: true) : null;
                }
            }

            if (TakeFromBuffer() is { } piece)
            {
                return piece;
            }
        }
    }

    private LinePiece? TakeFromBuffer()
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        var newLine = rest.IndexOf('\n');
        var length = Math.Min(newLine < 0 ? rest.Length : newLine, longest - _line.Length);
        _line.Append(rest[..length]);
        _start += length;
        if (length == newLine)
        {
            _start++;
            return Take(endsLine: true);
        }

        return _line.Length == longest ? Take(endsLine: false) : null;
    }

    private LinePiece Take(bool endsLine)
    {
        var text = _line.ToString().TrimEnd('\r');
        _line.Clear();
        return new LinePiece(text, endsLine);
    }
}
