using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>
/// Finds out which connection served a request, which request caused a connection, and what each waited for; tells observers. Subscribed to
/// the activities and events of System.Net from construction until disposal.
/// </summary>
internal sealed class ConnectionTracker : IDisposable
{
    // Weak: a request that never ends goes with its activity.
    private readonly ConditionalWeakTable<Activity, QueuedRequest> _queued = [];

    private readonly NetworkActivityListener _activities;
    private readonly HandshakeListener _handshakes;
    private readonly FailureListener _failures;
    private volatile HttpEventListener? _events;
    private volatile ThreadPoolWatch? _threadPool;
    private volatile bool _waitsExported;
    private volatile bool _requestData;
    private DateTime _eventsSince;

    // The connection opened last on this thread, and in whose flow: see Established.
    [ThreadStatic]
    private static (TrackedConnection Connection, Activity? Flow)? opened;

    public ConnectionTracker(int maxTrackedConnections, Action<Exception> report, Action<string> warn, Action<string> hint)
    {
        Connections = new ConnectionTable(maxTrackedConnections);
        Observers = new ConnectionObservers(report);
        Check = new RuntimeCheck(warn);
        MissingSpans = new MissingSpans(hint);
        _handshakes = new HandshakeListener(this);
        _failures = new FailureListener(this);
        _activities = new NetworkActivityListener(this);
    }

    public ConnectionTable Connections { get; }

    /// <summary>The attempts that are under way.</summary>
    public OpeningConnections Opening { get; } = new();

    public ConnectionObservers Observers { get; }

    public RuntimeCheck Check { get; }

    public MissingSpans MissingSpans { get; }

    /// <summary>When the process itself was late; null: no host wants to know.</summary>
    public ThreadPoolWatch? ThreadPool => _threadPool;

    /// <summary>Whether events tell which connections are closed.</summary>
    public bool KnowsClosed => _events is not null;

    /// <summary>Whether a host exports <c>HTTP wait_for_connection</c>.</summary>
    public bool WaitsExported => _waitsExported;

    /// <summary>Whether requests have data although no provider records them.</summary>
    public bool RequestData => _requestData;

    public void Apply(TracingSettings settings, IConnectionObserver[] observers)
    {
        _waitsExported = settings.WaitsExported;
        _requestData = settings.RequestData;
        Observers.Set(observers);
        Connections.Resize(settings.MaxTrackedConnections);

        if (settings.WatchThreadPool)
        {
            _threadPool ??= new ThreadPoolWatch(Observers.Report);
        }
        else
        {
            _threadPool?.Dispose();
            _threadPool = null;
        }

        if (settings.RequestPhases && EventSupport.IsThere)
        {
            if (_events is null)
            {
                _eventsSince = DateTime.UtcNow;
                _events = new HttpEventListener(this);
            }
        }
        else
        {
            _events?.Dispose();
            _events = null;
            Connections.ForgetOpen();
        }
    }

    public void Dispose()
    {
        // First: without activities, calls would seem to have no request.
        _events?.Dispose();
        _activities.Dispose();
        _handshakes.Dispose();
        _failures.Dispose();
        _threadPool?.Dispose();
    }

    public void OnRequestStarted(Activity request)
    {
        _threadPool?.Use();
        (_events is null ? null : HttpCall.Current)?.Begin(request);
    }

    public void BeginWait(Activity wait)
    {
        if (wait.Parent is { } request && IsRequest(request) && !HttpCall.IsOfAnother(request))
        {
            QueuedFor(request).EnterQueue(wait);
        }
    }

    public void EndWait(Activity wait)
    {
        if (wait.Parent is { } request && _queued.TryGetValue(request, out var queued))
        {
            queued.LeaveQueue(wait);
        }
        else if (wait.Parent is { } setup && Opening.TryGet(setup, out var tunnel))
        {
            // A tunnel through a proxy waits as well, for the connection to the proxy: below the setup, not below the request.
            tunnel.TunnelWaited(NetworkActivities.PoolOf(wait.DisplayName));
        }
    }

    /// <summary>A connection is being opened.</summary>
    /// <param name="setup">Its activity.</param>
    /// <param name="flow">The activity in whose flow it is opened; null: in none that is known.</param>
    public void BeginSetup(Activity setup, Activity? flow)
    {
        // A tunnel's inner connection is opened within the setup of the tunnel.
        var connection = new TrackedConnection(setup, outer: flow?.OperationName == NetworkActivities.ConnectionSetup ? Opening.Find(flow) : null, flow);
        Opening.Add(setup, connection);

        if (flow is not null && IsRequest(flow) && !HttpCall.IsOfAnother(flow))
        {
            Check.OnSetupInRequest();
            QueuedFor(flow).OnAttempt(connection, flow);
        }
    }

    public void EndSetup(Activity setup)
    {
        if (!Opening.TryGet(setup, out var connection))
        {
            return;
        }

        var ownPhases = connection.EndSetup(setup);
        Connections.Add(connection);
        Observers.OnConnection(connection, ownPhases);

        // Last: code that looks for what is being opened, and then for what has been, is to miss none.
        Opening.Remove(setup);
        var flow = connection.TakeFlow();
        opened = connection.ErrorType is null && _events is not null ? (connection, flow) : null;
    }

    /// <summary>
    /// A connection has been established, say the events of System.Net.Http. They come when its setup has ended, on the same
    /// thread, and know no span; where another thread goes on, the first request that it serves tells its number.
    /// </summary>
    /// <param name="id">Its number.</param>
    /// <param name="protocol">What it speaks.</param>
    /// <param name="host">The host of its pool.</param>
    /// <param name="port">The port of its pool; 0: that of a proxy, which .NET 10 does not tell.</param>
    public void Established(long id, string protocol, string host, int port)
    {
        if (opened is not var (connection, flow))
        {
            return;
        }

        opened = null;
        if (connection.IsOf(host, port) && Activity.Current == flow)
        {
            connection.Speaks(protocol);
            Connections.Identify(connection, id);
        }
    }

    /// <summary>The connection with this number is closed.</summary>
    public void Closed(long id, DateTime now)
    {
        if (!Connections.TryClose(id, out var connection))
        {
            return;
        }

        connection.Close(now);
        Observers.OnClosed(connection);

        // HTTP/2 connections may live on when the pool has let go of them.
        if (connection.Protocol is "1.0" or "1.1")
        {
            HttpCall.Current?.Discard(connection);
        }
    }

    /// <summary>The body of a request has been read, or could not be.</summary>
    public void BodyRead(in ReadBody body)
    {
        // Recorded alone may be inherited: by a request that a sampler has dropped within a trace that is recorded.
        var request = body.Request.Activity;
        using var span = request is { Recorded: true, IsAllDataRequested: true }
            ? TracingSource.Begin(TracingSource.ResponseContent, request.Context, body.Start, body.Duration, failed: body.Failed)
            : null;

        Observers.OnBody(body with { Span = span });
    }

    /// <summary>
    /// The request has ended: tells observers, which write what is known about its connection. Called by the span processor of each host,
    /// before its exporter sees the span, and by the tracker's own listener for requests that no provider records.
    /// </summary>
    public void Complete(Activity request)
    {
        try
        {
            if (CompletedSpans.TryAdd(request))
            {
                CompleteCore(request);
            }
        }
        catch (Exception exception)
        {
            Observers.Report(exception);
        }
    }

    private void CompleteCore(Activity request)
    {
        if (_queued.TryGetValue(request, out var queued))
        {
            _queued.Remove(request);
        }

        var call = _events is null ? null : HttpCall.Of(request);
        var sent = call is { ConnectionId: >= 0 } ? call : null;
        var connection = Connections.FindServing(request, sent, queued);

        var first = false;
        bool? initiated = null;
        if (connection is not null)
        {
            first = connection.Use.Add(connection, request, queued);
            initiated = connection.Use.IsInitiatedBy(queued, request.StartTimeUtc, connection.OpeningSince);
            connection.Use.NoteUpgrade(request);

            if (connection.Protocol is null && request.IsAllDataRequested)
            {
                // Without RequestPhases, nothing else tells.
                connection.Speaks(request.GetTagItem(AttributeNames.ProtocolVersion) as string);
            }

            if (_events is not null && request.StartTimeUtc > _eventsSince)
            {
                Check.OnAnswered(hasEvents: sent is not null);
            }
        }

        var waits = queued?.Complete(_events is null ? connection : null) ?? QueuedRequest.NoWaits;
        var completedRequest = new CompletedRequest(this, request, connection, first, initiated, waits, sent, request.Status == ActivityStatusCode.Error ? FailureListener.Take(request) : null);
        if (first && waits.Count > 0)
        {
            Check.OnFirstServed();
        }

        Observers.OnRequest(completedRequest);
        call?.Complete(completedRequest);

        foreach (var wait in waits)
        {
            wait.Attempt?.ForgetInitiator();
        }

        if (queued is null && first)
        {
            connection!.ForgetSpans();
        }
    }

    private QueuedRequest QueuedFor(Activity request) =>
        _queued.GetValue(request, static request => new QueuedRequest(request));

    public static bool IsRequest(Activity activity) => activity.Source.Name == NetworkActivitySources.Http;
}
