using System;
using System.Globalization;

namespace ConnectionTracing.Diagnosis;

/// <summary>Figures as the findings write them, the same in every culture.</summary>
internal static class EvidenceFormat
{
    public static string Ms(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms");

    public static string Count(int count, string thing) => string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? "" : "s")}");
}
