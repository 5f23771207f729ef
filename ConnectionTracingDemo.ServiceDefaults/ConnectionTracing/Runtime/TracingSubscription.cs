using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace ConnectionTracing.Runtime;

/// <summary>
/// A host's share in the process's <see cref="ConnectionTracker"/>. The activities and events of System.Net are
/// process-wide: several hosts in one process share one tracker, which exists while at least one of them traces.
/// </summary>
internal sealed class TracingSubscription : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly List<TracingSubscription> Subscriptions = [];
    private static volatile ConnectionTracker? tracker;

    private readonly FailureLog _log;
    private IReadOnlyList<IConnectionObserver> _observers;
    private TracingSettings _settings;

    /// <param name="settings">What the host wants to know.</param>
    /// <param name="observers">What is told, in this order.</param>
    /// <param name="log">Where failures are reported.</param>
    public TracingSubscription(TracingSettings settings, IReadOnlyList<IConnectionObserver> observers, FailureLog log)
    {
        _observers = observers;
        _settings = settings;
        _log = log;

        lock (Gate)
        {
            Subscriptions.Add(this);
            Apply();
        }
    }

    /// <summary>The tracker at work; null while no host traces.</summary>
    public static ConnectionTracker? Tracker => tracker;

    public void Update(TracingSettings settings, IReadOnlyList<IConnectionObserver> observers)
    {
        lock (Gate)
        {
            _settings = settings;
            _observers = observers;
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

        tracker ??= new ConnectionTracker(
            settings.MaxTrackedConnections,
            exception => TellAll(log => log.Report(exception)),
            difference => TellAll(log => log.WarnOfRuntime(difference)),
            hint => TellAll(log => log.TellOfMissingSpans(hint)));
        tracker.Apply(settings, [.. Subscriptions
            .SelectMany(subscription => subscription._observers)
            .DistinctBy(observer => observer.IsShared ? observer.GetType() : (object)observer)]);
    }

    private static void TellAll(Action<FailureLog> tell)
    {
        FailureLog[] logs;
        lock (Gate)
        {
            logs = [.. Subscriptions.Select(subscription => subscription._log)];
        }

        Array.ForEach(logs, tell);
    }
}
