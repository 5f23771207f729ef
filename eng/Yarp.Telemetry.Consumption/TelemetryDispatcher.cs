using System.Collections.Frozen;
using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Extensions.Hosting;

namespace Yarp.Telemetry.Consumption;

/// <summary>The one listener of a host: hands each event to the reader of its source. It listens from the start of the host until its end.</summary>
/// <remarks>
/// The base constructor calls <see cref="OnEventSourceCreated"/>. Initializers run before it, so every field is set by then.
/// </remarks>
internal sealed class TelemetryDispatcher(IEnumerable<EventSourceReader> readers, TimeSpan counterInterval) : EventListener, IHostedService
{
    private readonly FrozenDictionary<string, EventSourceReader> _readers =
        readers.Where(reader => reader.WantsEvents || reader.WantsCounters).ToFrozenDictionary(reader => reader.SourceName);

    private readonly Dictionary<string, string?> _counterArguments =
        new() { ["EventCounterIntervalSec"] = counterInterval.TotalSeconds.ToString(CultureInfo.InvariantCulture) };

    public TelemetryDispatcher(IEnumerable<EventSourceReader> readers)
        : this(readers, TimeSpan.FromSeconds(1))
    {
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (_readers.TryGetValue(eventSource.Name, out var reader))
        {
            // Nothing is critical in these sources: at that level there are counters only.
            var level = reader.WantsEvents ? EventLevel.Informational : EventLevel.Critical;
            EnableEvents(eventSource, level, EventKeywords.None, reader.WantsCounters ? _counterArguments : null);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName is not { } name || !_readers.TryGetValue(eventData.EventSource.Name, out var reader))
        {
            return;
        }

        if (name == "EventCounters")
        {
            if (reader.WantsCounters && eventData.Payload is [IDictionary<string, object?> counter, ..])
            {
                ReadCounter(reader, counter);
            }
        }
        else if (reader.WantsEvents)
        {
            reader.Read(new TelemetryEvent(name, eventData.TimeStamp, eventData.Payload ?? []));
        }
    }

    private static void ReadCounter(EventSourceReader reader, IDictionary<string, object?> counter)
    {
        // A rate has an increment, everything else a mean.
        if (counter.TryGetValue("Name", out var name) && name is string counterName
            && (counter.TryGetValue("Mean", out var value) || counter.TryGetValue("Increment", out value)) && value is double number)
        {
            reader.ReadCounter(counterName, number);
        }
    }
}
