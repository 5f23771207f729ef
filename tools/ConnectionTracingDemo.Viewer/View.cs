using ConnectionTracingDemo.Viewer.Correlation;
using ConnectionTracingDemo.Viewer.Output;
using ConnectionTracingDemo.Viewer.Sources;
using ConnectionTracingDemo.Viewer.Totals;
using Microsoft.Diagnostics.Tracing;

namespace ConnectionTracingDemo.Viewer;

/// <summary>From a stream of events to rows, whether live or from a file.</summary>
internal sealed class View
{
    private static readonly CorrelatorLimits Limits = new();

    private readonly ViewOptions _options;
    private readonly IRowWriter _rows;
    private readonly HostTotals _totals = new();
    private readonly RowSource _from;
    private readonly EventCorrelator _events;
    private readonly ActivityCorrelator _activities;

    // Behind a name of service discovery, or a proxy, is a connection to another host.
    private readonly Recent<long, bool> _connectionsOfRows = new(Limits.Open);
    private readonly Lock _lock = new();
    private EventPipeEventSource? _source;
    private long _correlated;
    private long _requests;
    private long _unreadable;
    private long _mute;
    private bool _sawActivities;

    public View(ViewOptions options, IRowWriter rows, RowSource from = RowSource.Events)
    {
        _options = options;
        _rows = rows;
        _from = from;
        _events = new EventCorrelator(OnRequest, Limits);
        _activities = new ActivityCorrelator(OnRequest, Limits);
    }

    /// <summary>Whether there was anything to show.</summary>
    public bool HasRequests => _requests > 0;

    /// <summary>No row could be made of the events, but activities were seen of which there might be some.</summary>
    public bool NeedsActivities => _correlated == 0 && _sawActivities && _from == RowSource.Events;

    /// <summary>Reads to the end of the stream. What was read before a failure has been shown.</summary>
    public void Process(Stream events)
    {
        using var source = new EventPipeEventSource(events);
        _source = source;
        source.Dynamic.All += OnEvent;
        source.Process();
    }

    /// <summary>Shows how things are now.</summary>
    public void Refresh() => _rows.Refresh(FindConnections, DateTime.UtcNow);

    /// <summary>Writes connections and totals.</summary>
    public void WriteEnd()
    {
        var connections = FindConnections();

        // Not the last event of a request: a connection may have been idle since. Activities do not say how long it was open.
        var end = _from == RowSource.Events ? _source?.SessionEndTime.ToUniversalTime() ?? default : _activities.LastTime;
        lock (_lock)
        {
            _rows.WriteEnd(connections, [.. _totals.All], end);
        }
    }

    /// <summary>What the rows do not say, one line each.</summary>
    public IEnumerable<string> Remarks()
    {
        var lost = _source?.EventsLost ?? 0;
        if (lost > 0)
        {
            yield return $"{lost} events were dropped, because the process wrote them faster than they were read: rows may be missing, and times in rows. A larger --buffer helps.";
        }

        if (_activities.WithoutConnection > 0)
        {
            yield return $"{_activities.WithoutConnection} requests name no connection: theirs was opened before the recording began, or the recording lacks the activities of Experimental.System.Net.* or their Links, which .NET streams from version 10 on.";
        }

        if (_activities.CutHandshakes > 0)
        {
            yield return $"{_activities.CutHandshakes} TLS handshakes have no time: their activities ended before they did, which .NET 9, 10 and 11 are known for.";
        }

        if (_activities.WithoutAttributes > 0)
        {
            yield return $"{_activities.WithoutAttributes} requests cannot be shown: their activities have no attributes. The recording lacks TagObjects, or the process runs on .NET 8, which sets none; there, record events instead.";
        }

        if (_mute > 0)
        {
            yield return $"{_mute} activities cannot be correlated, as they tell no id or no duration. Record SpanId, ParentSpanId, Duration, Links and TagObjects, or simply all with '[AS]*/Stop'.";
        }

        if (_events.Uncorrelated > 0)
        {
            yield return $"{_events.Uncorrelated} requests cannot be shown: their events have no ActivityID, so it is unknown which belong together. Record with the provider {Providers.Tasks}:0x80:4 as well.";
        }

        if (_events.LacksConnectionIds)
        {
            yield return "The events do not number connections: the runtime is older than .NET 8. New and reused cannot be told apart.";
        }

        if (_events.Unbegun > 0)
        {
            yield return $"{_events.Unbegun} requests are not shown: their beginning was not seen.";
        }

        if (_events.Forgotten > 0)
        {
            yield return $"{_events.Forgotten} requests are not shown: more were under way at once than can be remembered.";
        }

        if (_events.Unended > 0)
        {
            yield return $"{_events.Unended} requests had not ended.";
        }

        if (_unreadable > 0)
        {
            yield return $"{_unreadable} events could not be read.";
        }

        if (_rows.Remark is { } remark)
        {
            yield return remark;
        }
    }

    private IReadOnlyCollection<WatchedConnection> FindConnections()
    {
        lock (_lock)
        {
            var all = _from == RowSource.Events ? _events.Connections : _activities.Connections;
            return [.. all.Where(connection => connection.Host is null || _options.Shows(connection.Host) || _connectionsOfRows.TryGet(connection.Id, out _))];
        }
    }

    private void OnEvent(TraceEvent e)
    {
        var isActivity = ActivityTranslator.IsStop(e);
        _sawActivities |= isActivity;
        if (_from == RowSource.Events && TryTranslate(e, EventTranslator.Translate) is { } translated)
        {
            lock (_lock)
            {
                _events.EventsWereLost = _source!.EventsLost > 0;
                _events.Add(translated);
            }
        }
        else if (_from == RowSource.Activities && isActivity)
        {
            var span = TryTranslate(e, ActivityTranslator.Translate);
            if (span is null)
            {
                _mute++;
                return;
            }

            lock (_lock)
            {
                _activities.Add(span);
            }
        }
    }

    private T? TryTranslate<T>(TraceEvent e, Func<TraceEvent, T?> translate)
        where T : class
    {
        try
        {
            return translate(e);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A payload of an unknown shape: the other events are still worth reading.
            _unreadable++;
            return null;
        }
    }

    private void OnRequest(RequestRow row)
    {
        _correlated++;
        if (!_options.Shows(row.Host))
        {
            return;
        }

        _requests++;
        if (row.ConnectionId is { } connection)
        {
            _connectionsOfRows.Add(connection, true);
        }

        _totals.Add(row);
        if (row.TotalMs >= _options.Slow.TotalMilliseconds)
        {
            _rows.Write(row);
        }
    }
}
