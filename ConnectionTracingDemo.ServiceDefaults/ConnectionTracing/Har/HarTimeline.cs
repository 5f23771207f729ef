using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace ConnectionTracing.Har;

/// <summary>
/// Makes the timings of a HAR entry from the phases of a request. Phases overlap, and timings follow each other: each moment counts once, for
/// the phase that <see cref="Timing"/> has last.
/// </summary>
internal static class HarTimeline
{
    private const string SendUnknown = "The time of sending is unknown, and part of wait. Connection tracing records it with the option RequestPhases.";

    /// <summary>Less time outside of all phases is a difference between clocks.</summary>
    private const double ShortestGap = 1;

    /// <summary>
    /// The unit of the file. No request gets a connection in no time, and the developer tools of Chromium 156 show all of a request that does as stalled.
    /// </summary>
    private const double ShortestBlocked = 0.001;

    private static readonly int Timings = Enum.GetValues<Timing>().Length;

    private enum Timing
    {
        Receive,
        Blocked,
        Dns,
        Connect,
        Ssl,
        Send,
        Wait,
    }

    public static HarTimings Of(TracedRequest request)
    {
        var duration = Valid(request.Duration);
        var spans = request.Phases.Select(phase => Span.Of(phase, duration)).OfType<Span>().ToList();
        var times = TimesOf(spans, duration, out var gaps);

        var isUnsent = request.Status is null && !Has(Timing.Send) && !Has(Timing.Wait) && FailedInQueue(request);
        times[(int)(isUnsent ? Timing.Blocked : Timing.Wait)] += gaps;

        return new HarTimings(
            Blocked: Math.Max(ShortestBlocked, TimeOf(Timing.Blocked)),
            Dns: TimeOf(Timing.Dns),
            Connect: Has(Timing.Connect) || Has(Timing.Ssl) ? Round(times[(int)Timing.Connect] + times[(int)Timing.Ssl]) : -1,
            Ssl: TimeOf(Timing.Ssl),
            Send: isUnsent ? 0 : TimeOf(Timing.Send),
            Wait: Round(times[(int)Timing.Wait]),
            Receive: request.Status is null ? 0 : TimeOf(Timing.Receive),
            Comment: !isUnsent && !Has(Timing.Send) ? SendUnknown
                : gaps >= ShortestGap ? string.Create(CultureInfo.InvariantCulture, $"Of {(isUnsent ? "blocked" : "wait")}, {gaps:0.###} ms are in no phase that connection tracing knows.")
                : null);

        bool Has(Timing timing) => spans.Exists(span => span.Timing == timing);

        double TimeOf(Timing timing) => Has(timing) ? Round(times[(int)timing]) : -1;
    }

    /// <summary>The duration of the entry: ssl is part of connect, and what is unknown does not count.</summary>
    public static double Sum(HarTimings timings) =>
        Round(new[] { timings.Blocked, timings.Dns, timings.Connect, timings.Send, timings.Wait, timings.Receive }.Where(time => time > 0).Sum());

    /// <summary>For each timing, how long it lasted. Gaps are what no phase accounts for, before the response headers.</summary>
    private static double[] TimesOf(List<Span> spans, double duration, out double gaps)
    {
        var times = new double[Timings];
        gaps = 0;
        double[] bounds = [.. spans.SelectMany(span => new[] { span.Start, span.End }).Append(0).Append(duration).Distinct().Order()];
        for (var i = 1; i < bounds.Length; i++)
        {
            var (from, until) = (bounds[i - 1], bounds[i]);
            Timing? last = null;
            foreach (var span in spans)
            {
                if (span.Start <= from && span.End >= until && !(last > span.Timing))
                {
                    last = span.Timing;
                }
            }

            if (last is { } timing)
            {
                times[(int)timing] += until - from;
            }
            else if (until <= duration)
            {
                gaps += until - from;
            }
        }

        return times;
    }

    /// <summary>It waited for a connection and got none, so that it was not sent.</summary>
    private static bool FailedInQueue(TracedRequest request)
    {
        var queues = request.Phases.Where(phase => phase.Name == "queue").ToList();
        return queues.Count > 0 && queues.TrueForAll(phase => phase.ErrorType is not null);
    }

    private static double Valid(double milliseconds) => double.IsFinite(milliseconds) && milliseconds > 0 ? milliseconds : 0;

    /// <summary>To microseconds.</summary>
    private static double Round(double milliseconds) => Math.Round(milliseconds, 3);

    /// <summary>A phase that a timing shows.</summary>
    private sealed record Span(Timing Timing, double Start, double End)
    {
        /// <summary>Null: a phase of an unknown name.</summary>
        public static Span? Of(TracedPhase phase, double duration)
        {
            Timing? timing = phase.Name switch
            {
                "queue" => Timing.Blocked,
                "dns" => Timing.Dns,
                "tcp" or "tunnel" or "other" => Timing.Connect,
                "tls" => Timing.Ssl,
                "send" => Timing.Send,
                "continue" or "wait" => Timing.Wait,
                "read" => Timing.Receive,
                _ => null,
            };
            if (timing is null)
            {
                return null;
            }

            // All but the reading of the body ends with the response headers.
            var latest = timing == Timing.Receive ? double.MaxValue : duration;
            var start = Math.Min(Valid(phase.Start), latest);
            return new Span(timing.Value, start, Math.Min(start + Valid(phase.Duration), latest));
        }
    }
}
