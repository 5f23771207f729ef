using System;

namespace ConnectionTracing.Runtime;

/// <summary>
/// When an event was written: by the clock of the spans, which is exact but may be set, and by a monotonic one, which is coarse. Every
/// request has several of these, and the exact monotonic clock costs three times as much.
/// </summary>
/// <param name="Time">By the clock of the spans.</param>
/// <param name="Milliseconds">By the monotonic one.</param>
internal readonly record struct EventTime(DateTime Time, long Milliseconds)
{
    /// <summary>So much the coarse clock may lag behind: its steps are 4 ms on Linux and 16 ms on Windows.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(40);

    public static EventTime Now => At(DateTime.UtcNow);

    /// <summary>An event that is written now.</summary>
    /// <param name="time">What the event says.</param>
    public static EventTime At(DateTime time) => new(time, Environment.TickCount64);

    /// <summary>How long it is from one to the other, also where the clock has been set in between.</summary>
    public static TimeSpan operator -(EventTime end, EventTime start)
    {
        var exact = end.Time - start.Time;
        var coarse = TimeSpan.FromTicks((end.Milliseconds - start.Milliseconds) * TimeSpan.TicksPerMillisecond);
        return (exact - coarse).Duration() > Tolerance ? coarse : exact > TimeSpan.Zero ? exact : TimeSpan.Zero;
    }
}
