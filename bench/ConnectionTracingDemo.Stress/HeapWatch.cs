using System.Globalization;

namespace ConnectionTracingDemo.Stress;

/// <summary>Whether the memory that is in use grows.</summary>
internal sealed class HeapWatch
{
    private const double Judged = 0.6;
    private const double AllowedGrowth = 0.05;
    private const int FewestPoints = 6;

    // Until then the journal fills, and buffers are pooled.
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(2);

    private readonly List<(double Seconds, double Bytes)> _points = [];

    public long Measure(TimeSpan now)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var bytes = GC.GetTotalMemory(forceFullCollection: true);
        _points.Add((now.TotalSeconds, bytes));
        return bytes;
    }

    /// <summary>Fits a line to the last part of the run; the first is for everything that is bounded to fill.</summary>
    public void Print(TimeSpan duration, Violations violations)
    {
        var points = _points.Where(point => point.Seconds >= (1 - Judged) * duration.TotalSeconds).ToList();
        if (duration < Shortest || points.Count < FewestPoints)
        {
            Console.WriteLine("The run is too short to tell whether memory grows.");
            return;
        }

        // How much is in use varies with the connections that are open: growth counts as far as it is certain, by two standard errors.
        var (x, y) = (points.Average(point => point.Seconds), points.Average(point => point.Bytes));
        var spread = points.Sum(point => Math.Pow(point.Seconds - x, 2));
        var slope = points.Sum(point => (point.Seconds - x) * (point.Bytes - y)) / spread;
        var residuals = points.Sum(point => Math.Pow(point.Bytes - y - slope * (point.Seconds - x), 2));
        var error = Math.Sqrt(residuals / (points.Count - 2) / spread);
        var seconds = points[^1].Seconds - points[0].Seconds;
        var text = string.Create(CultureInfo.InvariantCulture, $"{slope * seconds / y:+0.0 %;-0.0 %} ± {2 * error * seconds / y:0.0 %} of {y / 1e6:0.0} MB in {seconds:0} s");
        Console.WriteLine($"Heap: {text}");
        if ((slope - 2 * error) * seconds / y > AllowedGrowth)
        {
            violations.Add("memory grows", text);
        }
    }
}
