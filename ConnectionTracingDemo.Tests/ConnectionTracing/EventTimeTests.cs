using ConnectionTracing.Runtime;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

public sealed class EventTimeTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    // The exact clock counts, as long as the coarse one agrees.
    [InlineData(0.25, 0, 0.25)]
    [InlineData(1003.5, 1000, 1003.5)]
    [InlineData(1003.5, 1016, 1003.5)]
    // The clock has been set: an hour forward, an hour back, and back by more than has passed.
    [InlineData(3_600_100, 100, 100)]
    [InlineData(-3_599_900, 100, 100)]
    [InlineData(-10, 0, 0)]
    public void Duration_does_not_follow_a_clock_that_is_set(double exact, long coarse, double expected)
    {
        var duration = new EventTime(Start.AddMilliseconds(exact), 5000 + coarse) - new EventTime(Start, 5000);

        Assert.Equal(expected, duration.TotalMilliseconds);
    }
}
