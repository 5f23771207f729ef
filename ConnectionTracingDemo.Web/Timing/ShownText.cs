using System.Globalization;
using System.Text;

namespace ConnectionTracingDemo.Web;

/// <summary>Makes text from outside (host names, addresses, error messages) fit to be shown: Razor encodes it, this makes it visible and short.</summary>
internal static class ShownText
{
    /// <summary>Longer text is cut.</summary>
    public const int MaxLength = 2048;

    /// <summary>
    /// Replaces what is invisible, or would turn the text around it, by its number, such as <c>\u202E</c>: control and format
    /// characters, separators of lines, private use and halves of surrogate pairs.
    /// </summary>
    public static string Clean(string? text, int maxLength = MaxLength)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        StringBuilder? clean = null;
        var position = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            // A rune made of half a pair is U+FFFD, one character long in either case.
            var length = rune.Utf16SequenceLength;
            if (position + length > maxLength)
            {
                return (clean?.ToString() ?? text[..position]) + "…";
            }

            if (IsHidden(rune))
            {
                clean ??= new StringBuilder(text, 0, position, text.Length + 16);
                clean.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            }
            else
            {
                clean?.Append(text, position, length);
            }

            position += length;
        }

        return clean?.ToString() ?? text;
    }

    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or
        UnicodeCategory.Format or
        UnicodeCategory.LineSeparator or
        UnicodeCategory.ParagraphSeparator or
        UnicodeCategory.PrivateUse or
        UnicodeCategory.OtherNotAssigned or
        UnicodeCategory.Surrogate;
}
