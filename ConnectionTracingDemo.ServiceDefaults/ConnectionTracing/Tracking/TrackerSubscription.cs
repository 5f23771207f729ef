using Microsoft.Extensions.Logging;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>
/// A host's share in the process's <see cref="ConnectionTracker"/>. The activities and events of System.Net are
/// process-wide: several hosts in one process share one tracker, which exists while at least one of them traces.
/// </summary>
internal sealed class TrackerSubscription : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly List<TrackerSubscription> Subscriptions = [];
    private static volatile ConnectionTracker? tracker;

    private readonly TrackerObserver _observer;
    private readonly ILogger _logger;
    private TrackerSettings _settings;
    private int _reported;

    public TrackerSubscription(TrackerSettings settings, TrackerObserver observer, ILogger logger)
    {
        _observer = observer;
        _settings = settings;
        _logger = logger;

        lock (Gate)
        {
            Subscriptions.Add(this);
            Apply();
        }
    }

    /// <summary>The tracker at work; null while nobody traces.</summary>
    public static ConnectionTracker? Tracker => tracker;

    public void Update(TrackerSettings settings)
    {
        lock (Gate)
        {
            _settings = settings;
            Apply();
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (Subscriptions.Remove(this))
            {
                Apply();
            }
        }
    }

    /// <summary>Tells every host once that its tracing went wrong; requests must not notice.</summary>
    public static void Report(Exception exception)
    {
        TrackerSubscription[] subscriptions;
        lock (Gate)
        {
            subscriptions = [.. Subscriptions];
        }

        foreach (var subscription in subscriptions)
        {
            if (Interlocked.Exchange(ref subscription._reported, 1) == 0)
            {
                CarefulLog.Say(() => subscription._logger.LogError(exception, "Connection tracing failed; requests go on, their attributes may be incomplete. Further failures are not logged."));
            }
        }
    }

    private static void Apply()
    {
        if (Subscriptions.Count == 0)
        {
            tracker?.Dispose();
            tracker = null;
            return;
        }

        var settings = Subscriptions[0]._settings;
        foreach (var subscription in Subscriptions)
        {
            settings = settings.And(subscription._settings);
        }

        tracker ??= new ConnectionTracker(settings.MaxTrackedConnections);
        tracker.Apply(settings, [.. Subscriptions.Select(subscription => subscription._observer)]);
    }
}
