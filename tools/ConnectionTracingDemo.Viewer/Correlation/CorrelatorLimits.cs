namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>What a correlator remembers at most. Beyond that it forgets the oldest, and counts them.</summary>
/// <param name="Running">Requests that have begun and not ended.</param>
/// <param name="Ended">Requests that have ended: the connection that one of them asked for may be established later.</param>
/// <param name="Open">Open connections.</param>
/// <param name="Closed">Closed connections, for the list at the end.</param>
internal sealed record CorrelatorLimits(int Running = 20_000, int Ended = 4_096, int Open = 10_000, int Closed = 500)
{
    /// <summary>The first phases of a setup. A ConnectCallback may look up and connect any number of times.</summary>
    public const int Phases = 64;
}
