using System.Diagnostics;

namespace ConnectionTracingDemo.Stress;

internal static class Waiting
{
    /// <returns>Whether it became true in time.</returns>
    public static async Task<bool> UntilAsync(TimeSpan timeout, Func<bool> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > timeout)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        return true;
    }
}
