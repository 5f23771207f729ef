namespace Yarp.Telemetry.Consumption;

/// <inheritdoc cref="EventSourceReader"/>
/// <typeparam name="TConsumer">The interface of the consumers of events.</typeparam>
/// <typeparam name="TMetrics">A set of this source's counters.</typeparam>
internal abstract class EventSourceReader<TConsumer, TMetrics>(
    IEnumerable<TConsumer> consumers, IEnumerable<IMetricsConsumer<TMetrics>> metricsConsumers, ConsumerGuard guard) : EventSourceReader
    where TConsumer : class
    where TMetrics : class, new()
{
    // Registering the same object twice is no reason to tell it everything twice.
    private readonly TConsumer[] _consumers = [.. consumers.Distinct<TConsumer>(ReferenceEqualityComparer.Instance)];
    private readonly IMetricsConsumer<TMetrics>[] _metricsConsumers = [.. metricsConsumers.Distinct<IMetricsConsumer<TMetrics>>(ReferenceEqualityComparer.Instance)];

    private readonly HashSet<string> _seen = [];
    private TMetrics? _previous;
    private TMetrics _current = new();

    public sealed override bool WantsEvents => _consumers.Length > 0;

    public sealed override bool WantsCounters => _metricsConsumers.Length > 0;

    /// <summary>Every counter of this source that has a property, with how to set it.</summary>
    protected abstract IReadOnlyDictionary<string, Action<TMetrics, double>> Counters { get; }

    /// <summary>Calls the consumers.</summary>
    /// <returns>Whether the payload was as expected; an event that nobody can consume has nothing to expect.</returns>
    protected abstract bool TryRead(TelemetryEvent telemetryEvent);

    public sealed override void Read(TelemetryEvent telemetryEvent)
    {
        if (!TryRead(telemetryEvent))
        {
            guard.PayloadUnknown(SourceName, telemetryEvent.Name);
        }
    }

    /// <summary>Counters arrive one by one from the runtime's timer, always on one thread at a time: a set is complete when all are there.</summary>
    public sealed override void ReadCounter(string name, double value)
    {
        if (!Counters.TryGetValue(name, out var set))
        {
            return;
        }

        // A later runtime may lack a counter: then the set is complete when the next one begins.
        if (_seen.Contains(name))
        {
            Publish();
        }

        set(_current, value);
        _seen.Add(name);

        if (_seen.Count == Counters.Count)
        {
            Publish();
        }
    }

    /// <summary>Calls every consumer, whatever the others do.</summary>
    /// <returns>True, so that a case of a switch is one expression.</returns>
    protected bool Tell<TArguments>(TelemetryEvent telemetryEvent, TArguments arguments, Action<TConsumer, DateTime, TArguments> call)
    {
        foreach (var consumer in _consumers)
        {
            try
            {
                call(consumer, telemetryEvent.Timestamp, arguments);
            }
            catch (Exception exception)
            {
                guard.ConsumerFailed(consumer, telemetryEvent.Name, exception);
            }
        }

        return true;
    }

    /// <inheritdoc cref="Tell{TArguments}"/>
    protected bool Tell(TelemetryEvent telemetryEvent, Action<TConsumer, DateTime> call) =>
        Tell(telemetryEvent, call, static (consumer, time, call) => call(consumer, time));

    private void Publish()
    {
        if (_previous is { } previous)
        {
            Tell(previous, _current);
        }

        _previous = _current;
        _current = new TMetrics();
        _seen.Clear();
    }

    private void Tell(TMetrics previous, TMetrics current)
    {
        foreach (var consumer in _metricsConsumers)
        {
            try
            {
                consumer.OnMetrics(previous, current);
            }
            catch (Exception exception)
            {
                guard.ConsumerFailed(consumer, nameof(consumer.OnMetrics), exception);
            }
        }
    }
}
