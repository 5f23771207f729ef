using System.Diagnostics;
using static ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.ConnectionTracingAttributes;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>An attempt to open a connection and, where it succeeded, the connection.</summary>
/// <param name="setup">The <c>HTTP connection_setup</c> activity.</param>
/// <param name="outer">The attempt that needs this one: a proxy's connection, to a tunnel through it.</param>
internal sealed class Connection(Activity setup, Connection? outer)
{
    /// <summary>More requests than this are many: counting them all would cost every request.</summary>
    private const int CountedUses = 3;

    private readonly Lock _gate = new();
    private readonly ServedRequests _served = new();
    private List<(SetupPhase Phase, bool Own)>? _steps;
    private volatile QueuedRequest? _initiator;
    private volatile bool _initiatorKnown;
    private volatile int _uses;

    // Ticks, and 0 for none: read by other threads while they are written.
    private long _closedAt;
    private long _usableSince;

    public ActivityContext Context { get; } = setup.Context;

    public DateTime OpeningSince { get; } = setup.StartTimeUtc;

    /// <summary>Null until the attempt has ended.</summary>
    public TimeSpan? SetupDuration { get; private set; }

    public DateTime EstablishedAt => OpeningSince + SetupDuration.GetValueOrDefault();

    public string? Host { get; private set; }

    public int? Port { get; private set; }

    public string? Scheme { get; private set; }

    public string? PeerAddress { get; private set; }

    /// <summary>Why the attempt failed: what the failing phase says, else what the setup says.</summary>
    public string? ErrorType { get; private set; }

    /// <summary>The phase that failed, where one of them did.</summary>
    public SetupPhase? FailedPhase { get; private set; }

    public SetupPhase[] Phases { get; private set; } = [];

    /// <summary>The request that caused the attempt, where that is certain.</summary>
    public ActivityContext? InitiatedBy { get; private set; }

    /// <summary>The number that the events of System.Net.Http give the connection; known while RequestPhases is on. A boxed long.</summary>
    public object? Id { get; set; }

    /// <summary>As in <c>network.protocol.version</c>; null while unknown.</summary>
    public string? Protocol { get; set; }

    /// <summary>As in <c>tls.protocol.version</c>; null without TLS.</summary>
    public string? TlsProtocol { get; private set; }

    /// <summary>Known while RequestPhases is on; null: it is open, or nobody said.</summary>
    public DateTime? ClosedAt => Time(ref _closedAt);

    /// <summary>The port that it is connected to: a proxy's where there is one.</summary>
    public int? PeerPort { get; private set; }

    /// <summary>What was wrong with the server's certificate, in the words of .NET; null: nothing, as far as known.</summary>
    public string? CertificateError { get; set; }

    /// <summary>The other connections to its host and port; null: unknown, or too many hosts.</summary>
    public HostConnections? Siblings { get; private set; }

    /// <summary>
    /// The lookups to its host that its own may have waited for, as its setup ended: when its request does, they may be forgotten.
    /// </summary>
    public IReadOnlyList<SetupPhase> EarlierLookups { get; private set; } = [];

    /// <summary>When the pool first gave it to a request, as far as requests that are over show; null: to none yet.</summary>
    public DateTime? UsableSince => Time(ref _usableSince);

    /// <summary>How many requests it served; not counted beyond a few.</summary>
    public int ServedAtLeast => _uses;

    /// <summary>A request took it over, such as that of a WebSocket: it serves no other one.</summary>
    public bool Upgraded { get; private set; }

    public ServedRequests Served => _served;

    /// <summary>It served a second request since the table, looking for connections that nobody uses any more, last cleared this.</summary>
    public bool RecentlyReused { get; set; }

    /// <summary>How long the phases of a kind took, in the order in which they began; what goes on at the same time counts once.</summary>
    public TimeSpan? DurationOf(SetupPhaseKind kind)
    {
        TimeSpan? sum = null;
        var until = DateTime.MinValue;
        foreach (var phase in Phases)
        {
            if (phase.Kind == kind)
            {
                var end = phase.Start + phase.Duration;
                var from = phase.Start > until ? phase.Start : until;
                sum = sum.GetValueOrDefault() + (end > from ? end - from : TimeSpan.Zero);
                until = end > until ? end : until;
            }
        }

        return sum;
    }

    /// <summary>A DNS lookup, socket connect or TLS handshake of this attempt begins.</summary>
    public void AddStep(SetupPhase phase, bool own = true)
    {
        lock (_gate)
        {
            if (SetupDuration is null)
            {
                (_steps ??= new(3)).Add((phase, own));
            }
        }

        outer?.AddStep(phase, own: false);
    }

    /// <summary>The handshake that began last is over.</summary>
    /// <param name="protocol">What was agreed on; null: it failed.</param>
    public void HandshakeEnded(DateTime now, string? protocol)
    {
        TlsProtocol = protocol;

        lock (_gate)
        {
            _steps?.FindLast(step => step.Phase.Kind == SetupPhaseKind.Tls).Phase?.EndedAt(now);
        }
    }

    /// <summary>The phases so far, of an attempt that may go on.</summary>
    public SetupPhase[] PhasesSoFar()
    {
        lock (_gate)
        {
            return _steps is null ? Phases : [.. _steps.Select(step => step.Phase)];
        }
    }

    /// <summary>The attempt has ended.</summary>
    /// <returns>The phases that are its own and not those of a tunnel's inner connection.</returns>
    public SetupPhase[] Finish(Activity setup)
    {
        Host = setup.GetTagItem(ServerAddress) as string;
        Port = setup.GetTagItem(ServerPort) as int?;
        Scheme = setup.GetTagItem(UrlScheme) as string;
        PeerAddress = setup.GetTagItem(ConnectionTracingAttributes.PeerAddress) as string;

        var error = setup.GetTagItem(ConnectionTracingAttributes.ErrorType) as string;
        SetupPhase[] own = [];

        lock (_gate)
        {
            if (_steps is not null)
            {
                foreach (var (phase, _) in _steps)
                {
                    phase.Finish(setup.StartTimeUtc + setup.Duration, error);
                }

                Phases = [.. _steps.Select(step => step.Phase)];
                PeerPort = Array.FindLast(Phases, phase => phase.Kind == SetupPhaseKind.Tcp)?.Span?.GetTagItem(ConnectionTracingAttributes.PeerPort) as int?;
                own = [.. _steps.Where(step => step.Own).Select(step => step.Phase)];
                _steps = null;
            }

            if (setup.Status == ActivityStatusCode.Error)
            {
                // One address may have failed before another one succeeded: only the last phase can have ended the attempt.
                FailedPhase = Phases is [.., { ErrorType: not null } last] ? last : null;
                ErrorType = FailedPhase?.ErrorType ?? error ?? "_OTHER";
            }

            SetupDuration = setup.Duration;
        }

        return own;
    }

    /// <summary>Its setup has ended: it is one of those.</summary>
    public void Join(HostConnections? siblings)
    {
        Siblings = siblings;

        // Without a request that waits for it, nobody is going to ask.
        if (siblings is not null && _initiator is not null && Array.Find(Phases, static phase => phase.Kind == SetupPhaseKind.Dns) is { } lookup)
        {
            EarlierLookups = siblings.LookupsUnderWayAt(lookup);
        }

        siblings?.Add(this);
    }

    /// <summary>It is closed, by whomever.</summary>
    public void Close(DateTime now)
    {
        Volatile.Write(ref _closedAt, now.Ticks);
        Siblings?.Closed();
    }

    public void AttributeTo(QueuedRequest request)
    {
        InitiatedBy = request.Context;
        _initiatorKnown = true;
        _initiator = request;
    }

    /// <summary>The request that caused this attempt is over; it leaves nothing behind.</summary>
    public void InitiatorIsGone()
    {
        _initiator = null;
        EarlierLookups = [];
        ForgetSpans();
    }

    /// <summary>Whether the request caused this attempt; null where that cannot be said.</summary>
    public bool? IsInitiatedBy(QueuedRequest? request, DateTime requestStart)
    {
        if (request is not null && _initiator == request)
        {
            return true;
        }

        // Nobody starts a connection before he is there himself.
        return _initiatorKnown || requestStart > OpeningSince ? false : null;
    }

    /// <summary>Notes that the request was served here.</summary>
    /// <returns>True for the one request that was served here first.</returns>
    public bool Use(Activity activity, QueuedRequest? request)
    {
        if (_uses > 0)
        {
            if (_uses < CountedUses)
            {
                Interlocked.Increment(ref _uses);
            }

            // Read first: the cache line is shared by all requests on a connection.
            if (!RecentlyReused)
            {
                RecentlyReused = true;
            }

            return false;
        }

        if (_initiator is { IsCompleted: false } initiator && initiator != request)
        {
            if (initiator.IsWaitingFor(this))
            {
                // The pool would have given it to that request: so it was opened in its flow, but for another one.
                initiator.Disown(this);
                _initiator = null;
                _initiatorKnown = false;
                InitiatedBy = null;
            }
            else if (initiator.WasGiven(this, shared: activity.GetTagItem(ProtocolVersion) is "2" or "3"))
            {
                // The pool offers a new connection to the request it was opened for first, and that one is still under way.
                return false;
            }
        }

        if (Interlocked.Increment(ref _uses) > 1)
        {
            return false;
        }

        Volatile.Write(ref _usableSince, (request?.LeftQueueAt ?? activity.StartTimeUtc).Ticks);
        Siblings?.Answered(activity.StartTimeUtc + activity.Duration);
        return true;
    }

    public void ForgetSpans()
    {
        foreach (var phase in Phases)
        {
            phase.Span = null;
        }
    }

    /// <summary>Notes whether the request that was served here took the connection over.</summary>
    public void NoteUpgrade(Activity activity)
    {
        // Only those where it matters: looking at the tags of all would cost.
        if (_uses < CountedUses && activity.GetTagItem(StatusCode) is 101)
        {
            Upgraded = true;
            Siblings?.Upgraded(this);
        }
    }

    private static DateTime? Time(ref long ticks) => Volatile.Read(ref ticks) is var value and > 0 ? new DateTime(value, DateTimeKind.Utc) : null;
}
