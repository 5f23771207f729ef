using System;
using System.Globalization;

namespace ConnectionTracing;

/// <summary>How long tracing may stay on when it is switched on for a time.</summary>
internal static class CaptureTime
{
    public const string Allowed = "a time from 00:00:01 to 1.00:00:00";

    public static bool IsAllowed(TimeSpan value) => value >= TimeSpan.FromSeconds(1) && value <= TimeSpan.FromDays(1);

    public static bool TryParse(string? text, out TimeSpan value) =>
        // Without a colon it would be days.
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value) && text!.Contains(':') && IsAllowed(value);
}
