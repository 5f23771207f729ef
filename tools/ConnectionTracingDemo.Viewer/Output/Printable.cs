using System.Globalization;

namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>Texts of the watched process, made fit for a terminal and for a column.</summary>
internal static class Printable
{
    /// <summary>Without characters that control: the address of a request must not move the cursor, nor turn the line around.</summary>
    public static string Text(string? text)
    {
        if (text is null)
        {
            return "";
        }

        return text.Any(Controls) ? string.Concat(text.Select(c => Controls(c) ? '?' : c)) : text;
    }

    /// <summary>At most so long; what is cut is at the end and shown as one character.</summary>
    public static string Cut(string? text, int length)
    {
        var printable = Text(text);
        return printable.Length <= length ? printable : string.Concat(printable.AsSpan(0, length - 1), "…");
    }

    /// <summary>Unknown is a hyphen, not zero.</summary>
    public static string Ms(double? milliseconds) => milliseconds is { } known ? known.ToString("0.0") : "-";

    public static string Status(int? status) => status is { } code ? code.ToString() : "failed";

    private static bool Controls(char c) => char.GetUnicodeCategory(c) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
