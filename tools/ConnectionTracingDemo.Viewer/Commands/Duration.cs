using System.CommandLine.Parsing;
using System.Globalization;

namespace ConnectionTracingDemo.Viewer.Commands;

/// <summary>Durations as people type them: 500ms, 30s, 2m, 1h; a bare number is in the option's own unit.</summary>
internal static class Duration
{
    /// <summary>A timer takes no more, which is 49 days.</summary>
    private const double MostMs = uint.MaxValue - 1;

    public static TimeSpan? Parse(string text, double bareUnitMs)
    {
        var digits = text.AsSpan().TrimEnd("msh");
        var unit = text.AsSpan(digits.Length) switch
        {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "" => bareUnitMs,
            _ => double.NaN,
        };

        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * unit is >= 0 and <= MostMs
            ? TimeSpan.FromMilliseconds(number * unit)
            : null;
    }

    public static Func<ArgumentResult, TimeSpan> Parser(double bareUnitMs) => result =>
    {
        var text = result.Tokens[0].Value;
        if (Parse(text, bareUnitMs) is { } duration)
        {
            return duration;
        }

        result.AddError($"'{text}' is not a duration. Write for example 500ms, 30s, 2m or 1h, and no more than 49 days.");
        return default;
    };
}
