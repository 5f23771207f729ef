using System.Globalization;
using ConnectionTracing;

namespace ConnectionTracingDemo.Web;

/// <summary>A piece of a timing bar.</summary>
/// <param name="Token">queue, dns, tcp, tunnel, tls, other, send, continue, wait or read: the name of the colour. Anything else has that of <c>other</c>.</param>
/// <param name="Name">As people read it.</param>
/// <param name="Start">Milliseconds from the start of the bar.</param>
/// <param name="Duration">Milliseconds.</param>
/// <param name="Text">The figures, such as <c>3.9 ms, after 0.2 ms</c>.</param>
/// <param name="Error">Why it failed; null: it did not.</param>
/// <param name="Marked">Whether it is drawn as failed. A queue that waited for something that failed is not: that something is.</param>
public sealed record TimingPhase(string Token, string Name, double Start, double Duration, string Text, string? Error, bool Marked)
{
    /// <summary>The phases and their names, in the order in which they happen.</summary>
    internal static readonly IReadOnlyList<(string Token, string Name)> All =
    [
        (Queue, "Queue"),
        ("dns", "DNS"),
        ("tcp", "TCP"),
        ("tunnel", "Tunnel"),
        ("tls", "TLS"),
        (Other, "Other"),
        ("send", "Send"),
        ("continue", "Continue"),
        ("wait", "Wait"),
        ("read", "Read"),
    ];

    private const string Queue = "queue";
    private const string Other = "other";

    /// <summary>Most requests have at most ten; only one that tries address after address has more.</summary>
    private const int MaxPhases = 40;

    /// <summary>The queue first: the steps of opening a connection lie within it and are drawn on top.</summary>
    internal static IReadOnlyList<TimingPhase> From(IReadOnlyList<TracedPhase> phases)
    {
        var shown = phases.Take(MaxPhases).Select(From).OrderBy(phase => phase.Token == Queue ? 0 : 1).ThenBy(phase => phase.Start).ToArray();
        var causeIsShown = shown.Any(phase => phase.Marked && phase.Token != Queue);
        return [.. shown.Select(phase => phase with { Marked = phase.Marked && !(causeIsShown && phase.Token == Queue) })];
    }

    private static TimingPhase From(TracedPhase phase)
    {
        var (token, name) = All.FirstOrDefault(known => known.Token == phase.Name);
        var start = Positive(phase.Start);
        var duration = Positive(phase.Duration);
        var error = phase.ErrorType is null ? null : ShownText.Clean(phase.ErrorType, 200);
        return new(token ?? Other, name ?? ShownText.Clean(phase.Name, 40), start, duration, $"{Milliseconds(duration)}, after {Milliseconds(start)}", error, error is not null);
    }

    /// <summary>The phases as a sentence, for those who do not see the bar and for those who point at it.</summary>
    internal static string Describe(IEnumerable<TimingPhase> phases) =>
        string.Join("; ", phases.Select(phase => $"{phase.Name} {phase.Text}{(phase.Error is null ? "" : $", failed: {phase.Error}")}"));

    // From 999.95 on it would be 1000.0 ms.
    internal static string Milliseconds(double milliseconds) => milliseconds < 999.95
        ? milliseconds.ToString("0.0", CultureInfo.InvariantCulture) + " ms"
        : (milliseconds / 1000).ToString("0.00", CultureInfo.InvariantCulture) + " s";

    /// <summary>Nothing that can be drawn is negative, endless (a month is long enough) or no number.</summary>
    internal static double Positive(double value) => value > 0 ? Math.Round(Math.Min(value, TimeSpan.FromDays(31).TotalMilliseconds), 3) : 0;
}
