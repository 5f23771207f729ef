namespace Yarp.Telemetry.Consumption;

/// <summary>Turns the events and counters of one event source into calls of its consumers.</summary>
internal abstract class EventSourceReader
{
    public abstract string SourceName { get; }

    public abstract bool WantsEvents { get; }

    public abstract bool WantsCounters { get; }

    public abstract void Read(TelemetryEvent telemetryEvent);

    public abstract void ReadCounter(string name, double value);
}
