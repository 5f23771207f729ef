using System.Diagnostics;
using System.Runtime.CompilerServices;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Phases;
using OpenTelemetry;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>
/// Follows requests and connections through the activities of System.Net and says on each request span what its
/// connection cost. Subscribed from construction until disposal.
/// </summary>
internal sealed class ConnectionTracker : IDisposable
{
    // Weak: a request that never ends, or a connection that is never finished, goes with its activity.
    private readonly ConditionalWeakTable<Activity, QueuedRequest> _queued = [];
    private readonly ConditionalWeakTable<Activity, Connection> _opening = [];

    private readonly ActivityListener _requests;
    private readonly ActivityListener _network;
    private readonly HandshakeListener _handshakes;
    private volatile RequestPhaseListener? _phases;
    private volatile bool _inlineSetup;
    private volatile bool _waitsExported;
    private volatile bool _servedRequests;
    private volatile TrackerObserver[] _observers = [];

    // The span id of the request completed last on this thread: see IsFirstToComplete.
    [ThreadStatic]
    private static string? completed;

    // The connection opened last on this thread: see Established.
    [ThreadStatic]
    private static Connection? opened;

    public ConnectionTracker(int maxTrackedConnections)
    {
        Connections = new ConnectionTable(maxTrackedConnections);

        // Without data: only for the request to be seen. Whether it is recorded is for the samplers of the providers to say.
        _requests = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == NetworkActivitySources.Http,
            Sample = static (ref _) => Sdk.SuppressInstrumentation ? ActivitySamplingResult.None : ActivitySamplingResult.PropagationData,
            ActivityStarted = OnRequestStarted,
            ActivityStopped = Complete,
        };

        // With data, because of error.type and the addresses, but not recorded: that, too, is for a provider to say.
        _network = new ActivityListener
        {
            ShouldListenTo = static source => Array.IndexOf(NetworkActivitySources.Connections, source.Name) >= 0,
            Sample = static (ref _) => Sdk.SuppressInstrumentation ? ActivitySamplingResult.None : ActivitySamplingResult.AllData,
            ActivityStarted = OnNetworkActivityStarted,
            ActivityStopped = OnNetworkActivityStopped,
        };

        RequestFlow.Watch();
        _handshakes = new HandshakeListener(this);
        ActivitySource.AddActivityListener(_network);
        ActivitySource.AddActivityListener(_requests);
    }

    public ConnectionTable Connections { get; }

    public HostTable Hosts { get; } = new();

    /// <summary>Whether somebody says which connections are closed.</summary>
    public bool KnowsClosed => _phases is not null;

    public void Apply(TrackerSettings settings, TrackerObserver[] observers)
    {
        _observers = observers;
        _inlineSetup = settings.InlineSetup;
        _waitsExported = settings.WaitsExported;
        _servedRequests = settings.ServedRequests;
        Connections.Resize(settings.MaxTrackedConnections);

        if (settings.RequestPhases)
        {
            _phases ??= new RequestPhaseListener(this);
        }
        else
        {
            _phases?.Dispose();
            _phases = null;
            Connections.ForgetOpen();
        }
    }

    public void Dispose()
    {
        _requests.Dispose();
        _network.Dispose();
        _handshakes.Dispose();
        _phases?.Dispose();
        RequestFlow.Unwatch();
    }

    /// <summary>The attempt that an activity is, or is part of.</summary>
    public Connection? FindOpening(Activity? activity)
    {
        for (; activity is not null; activity = activity.Parent)
        {
            if (activity.OperationName == NetworkActivities.ConnectionSetup && _opening.TryGetValue(activity, out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    /// <summary>
    /// A connection has been established, say the events of System.Net.Http. They come when its setup has ended, on the same
    /// thread, and know no span; where another thread goes on, the first request that it serves tells its number.
    /// </summary>
    public void Established(long id, string protocol)
    {
        if (opened is { } connection)
        {
            opened = null;
            connection.Protocol = protocol;
            Connections.Identify(connection, id);
        }
    }

    /// <summary>The connection with this number has been closed.</summary>
    public void Closed(long id, DateTime now)
    {
        if (!Connections.TryClose(id, out var connection))
        {
            return;
        }

        connection.Close(now);
        ReportChange(connection);

        // HTTP/2 connections may live on when the pool has let go of them.
        if (connection.Protocol is "1.0" or "1.1" && RequestPhases.Current is { IsChoosingConnection: true, FoundClosed: null } phases && Array.Exists(_observers, static observer => observer.Diagnosis is not null))
        {
            phases.FoundClosed = connection;
        }
    }

    /// <summary>Whether an attempt to connect to a host and port is under way that began before then.</summary>
    public bool IsOpening(HostConnections host, DateTime before)
    {
        foreach (var (setup, connection) in _opening)
        {
            if (connection.OpeningSince < before && setup.GetTagItem(ConnectionTracingAttributes.ServerAddress) as string == host.Host
                && setup.GetTagItem(ConnectionTracingAttributes.ServerPort) as int? == host.Port)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The body of a request has been read, or could not be.</summary>
    public void BodyRead(in ReadBody body)
    {
        // Recorded alone may be inherited: by a request that a sampler has dropped within a trace that is recorded.
        using var span = body.Request is { Recorded: true, IsAllDataRequested: true }
            ? ConnectionTracingSource.Begin(ConnectionTracingSource.ResponseContent, body.Request.Context, body.Start, body.Duration, failed: body.Failed)
            : null;

        foreach (var observer in _observers)
        {
            observer.BodyRead(body, span);
        }
    }

    /// <summary>
    /// The request has ended: writes what is known about its connection. Called by the span processor of each host, before
    /// its exporter sees the span, and by this tracker's own listener for requests that no provider records.
    /// </summary>
    public void Complete(Activity request)
    {
        try
        {
            if (IsFirstToComplete(request))
            {
                CompleteCore(request);
            }
        }
        catch (Exception exception)
        {
            TrackerSubscription.Report(exception);
        }
    }

    private void CompleteCore(Activity request)
    {
        if (_queued.TryGetValue(request, out var queued))
        {
            _queued.Remove(request);
        }

        Connection? connection = null;
        foreach (ref readonly var link in request.EnumerateLinks())
        {
            // A retry on another connection adds a link: the last one served the request, and it used them all.
            if (Connections.TryGet(link.Context.SpanId, out var linked) && linked != connection)
            {
                connection?.Use(request, queued);
                connection = linked;
            }
        }

        var first = false;
        bool? initiated = null;

        if (connection is not null)
        {
            first = connection.Use(request, queued);
            initiated = connection.IsInitiatedBy(queued, request.StartTimeUtc);
            connection.NoteUpgrade(request);

            if (_servedRequests)
            {
                connection.Served.Add(request);
            }
        }

        var recorded = request.IsAllDataRequested;

        if (recorded && connection is not null)
        {
            // Without RequestPhases, nobody else says so.
            connection.Protocol ??= request.GetTagItem(ConnectionTracingAttributes.ProtocolVersion) as string;

            RequestTags.AddConnection(request, connection, queued, first, initiated);
        }

        var phases = _phases is null ? null : RequestPhases.Of(request);
        if (phases is not null)
        {
            if (connection is not null && connection.Id as long? != phases.ConnectionId)
            {
                Connections.Identify(connection, phases.ConnectionId);
            }

            if (recorded)
            {
                phases.WriteTo(request, connection);
            }
        }

        ConnectionTracingMetrics.AddRequest(connection is null ? null : !first, initiated);

        var waits = queued?.Complete() ?? [];

        if (recorded && _observers.Length > 0)
        {
            Observe(new CompletedRequest(this, request, connection, first, initiated, waits, phases));
        }

        if (queued is not null)
        {
            CompleteQueued(request, queued, waits, connection, first, recorded);
        }
        else if (first)
        {
            connection!.ForgetSpans();
        }
    }

    private void Observe(in CompletedRequest request)
    {
        RememberedRequest? remembered = null;
        foreach (var observer in _observers)
        {
            observer.Completed(request, ref remembered);
        }

        if (request.Phases is { } phases)
        {
            phases.Remembered = remembered;
        }
    }

    private void CompleteQueued(Activity request, QueuedRequest queued, IReadOnlyList<QueueWait> waits, Connection? connection, bool first, bool recorded)
    {
        if (recorded)
        {
            RequestTags.AddQueue(request, queued, waits, servedByFirstUse: first);

            if (_inlineSetup)
            {
                InlineSetup.Record(waits, connection, parent: _waitsExported ? null : request.Context);
            }
        }

        foreach (var wait in waits)
        {
            wait.Attempt?.InitiatorIsGone();
        }
    }

    /// <summary>
    /// All listeners of a source are told about the end of an activity one after the other, on the thread that ends it.
    /// The first of them completes the request, whichever order they were added in.
    /// </summary>
    private static bool IsFirstToComplete(Activity request)
    {
        var span = request.SpanId.ToHexString();
        if (ReferenceEquals(completed, span))
        {
            return false;
        }

        completed = span;
        return true;
    }

    private void OnRequestStarted(Activity request)
    {
        if (_phases is not null)
        {
            RequestPhases.Current?.Begin(request);
        }
    }

    private void OnNetworkActivityStarted(Activity activity)
    {
        try
        {
            switch (activity.OperationName)
            {
                case NetworkActivities.WaitForConnection:
                    // A tunnel through a proxy waits as well, for its inner connection: below the setup, not below the request.
                    if (activity.Parent is { } request && IsRequest(request))
                    {
                        QueuedFor(request).EnterQueue(activity);
                    }

                    break;

                case NetworkActivities.ConnectionSetup:
                    var flow = RequestFlow.TakeLeft();
                    // A tunnel's inner connection is opened within the setup of the tunnel.
                    var connection = new Connection(activity, outer: flow?.OperationName == NetworkActivities.ConnectionSetup ? FindOpening(flow) : null);
                    _opening.Add(activity, connection);
                    if (flow is not null && IsRequest(flow))
                    {
                        QueuedFor(flow).OnAttempt(connection, flow);
                    }

                    break;

                case NetworkActivities.DnsLookup:
                    FindOpening(activity.Parent)?.AddStep(new SetupPhase(SetupPhaseKind.Dns, activity));
                    break;

                case NetworkActivities.SocketConnect:
                    FindOpening(activity.Parent)?.AddStep(new SetupPhase(SetupPhaseKind.Tcp, activity));
                    break;

                case NetworkActivities.TlsHandshake:
                    FindOpening(activity.Parent)?.AddStep(new SetupPhase(SetupPhaseKind.Tls, activity));
                    break;
            }
        }
        catch (Exception exception)
        {
            TrackerSubscription.Report(exception);
        }
    }

    private void OnNetworkActivityStopped(Activity activity)
    {
        try
        {
            if (activity.OperationName == NetworkActivities.WaitForConnection)
            {
                if (activity.Parent is { } request && _queued.TryGetValue(request, out var queued))
                {
                    queued.LeaveQueue(activity);
                }
            }
            else if (activity.OperationName == NetworkActivities.ConnectionSetup && _opening.TryGetValue(activity, out var connection))
            {
                var phases = connection.Finish(activity);
                Connections.Add(connection);
                connection.Join(Hosts.Of(connection));
                // Last: who asks what is being opened, and then what has been, is to miss none.
                _opening.Remove(activity);
                ConnectionTracingMetrics.AddSetup(connection, phases);
                ReportChange(connection);
                opened = connection.ErrorType is null && _phases is not null ? connection : null;
            }
        }
        catch (Exception exception)
        {
            TrackerSubscription.Report(exception);
        }
    }

    private void ReportChange(Connection connection)
    {
        foreach (var observer in _observers)
        {
            observer.Changed(connection);
        }
    }

    private QueuedRequest QueuedFor(Activity request) =>
        _queued.GetValue(request, static request => new QueuedRequest(request));

    private static bool IsRequest(Activity activity) => activity.Source.Name == NetworkActivitySources.Http;
}
