namespace ConnectionTracingDemo.Viewer.Totals;

/// <summary>Durations, counted in steps of one percent: quantiles of any number of requests in a few kilobytes.</summary>
internal sealed class Histogram
{
    private const double SmallestMs = 0.001;
    private const double LargestMs = 24 * 3_600_000;
    private static readonly double Step = Math.Log(1.01);
    private static readonly int Last = IndexOf(LargestMs);

    private readonly int[] _counts = new int[Last + 1];

    private double _largest;

    public long Count { get; private set; }

    public void Add(double milliseconds)
    {
        _counts[IndexOf(Math.Clamp(milliseconds, SmallestMs, LargestMs))]++;
        _largest = Math.Max(_largest, milliseconds);
        Count++;
    }

    /// <summary>The duration that this part of all requests did not exceed, within one percent.</summary>
    /// <param name="part">Such as 0.95.</param>
    public double Quantile(double part)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(part * Count));
        long seen = 0;
        for (var index = 0; index <= Last; index++)
        {
            seen += _counts[index];
            if (seen >= rank)
            {
                return Math.Min(SmallestMs * Math.Exp(index * Step), _largest);
            }
        }

        return 0;
    }

    private static int IndexOf(double milliseconds) => (int)Math.Round(Math.Log(milliseconds / SmallestMs) / Step);
}
