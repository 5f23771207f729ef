using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>A connection from the start of its setup on: collects the phases, and learns later what only events and requests tell.</summary>
/// <param name="setup">The <c>HTTP connection_setup</c> activity.</param>
/// <param name="outer">The attempt in whose flow this one begins: that of a tunnel, for the connection to its proxy.</param>
/// <param name="flow">The activity in whose flow it begins; null: none that is known.</param>
internal sealed class TrackedConnection(Activity setup, TrackedConnection? outer, Activity? flow = null) : Connection(setup.Context, setup.StartTimeUtc)
{
    private readonly Lock _gate = new();
    private volatile List<(OpeningPhase Phase, bool Own)>? _opening;
    private volatile TrackedConnection? _inner;
    private volatile string? _tunnelPool;

    // The spans of Phases, as long as copies of them may be wanted.
    private volatile Activity?[]? _spans;
    private Activity? _setup = setup;
    private Activity? _flow = flow;
    private bool _spansAreWanted = true;

    // Ticks, and 0 for none: read by other threads while it is written.
    private long _closedAt;

    /// <summary>Which request caused it, and whether it has served one.</summary>
    public ConnectionUse Use { get; } = new();

    public override DateTime? ClosedAt => Volatile.Read(ref _closedAt) is var ticks and > 0 ? new DateTime(ticks, DateTimeKind.Utc) : null;

    /// <summary>What the pool of the tunnel's proxy is called, <c>host:port</c>; null: no tunnel, or unknown.</summary>
    public string? TunnelPool => _tunnelPool;

    /// <summary>The pool it is in, as the waits for it call it.</summary>
    public string Pool => Host?.Contains(':') is true ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>Whether it may be in the pool of a host and port.</summary>
    /// <param name="host">The host; that of a proxy for a connection to one.</param>
    /// <param name="port">The port; 0: unknown.</param>
    public bool IsOf(string host, int port) => (port == Port || port == 0) && (outer is not null || string.Equals(host, Host, StringComparison.OrdinalIgnoreCase));

    /// <summary>It leads, or was to lead, through a tunnel that a proxy opens; the phases begin with those of the connection to the proxy.</summary>
    public bool IsTunnel => Inner is not null;

    /// <summary>The connection to the proxy, whose host is said to be that of the server; a client without a propagator in a ConnectCallback opens one to its own.</summary>
    private TrackedConnection? Inner => _inner is { } inner && inner.HostNow == HostNow ? inner : null;

    private DateTime? TunnelFrom => Inner is { SetupDuration: not null, ErrorType: null } inner ? inner.EstablishedAt : null;

    private string? HostNow => Host ?? _setup?.GetTagItem(AttributeNames.ServerAddress) as string;

    /// <summary>The span of one of its <see cref="Connection.Phases"/>; null: it has none, or the request that caused the attempt has ended.</summary>
    public Activity? SpanOf(int phase) => _spans?[phase];

    /// <summary>A DNS lookup, socket connect or TLS handshake of this attempt begins.</summary>
    public void BeginPhase(OpeningPhase phase) => BeginPhase(phase, own: true);

    /// <summary>The request that opens the tunnel has waited in the queue of a pool.</summary>
    /// <param name="pool">The host and port of the pool: those of the proxy.</param>
    public void TunnelWaited(string pool) => _tunnelPool = pool;

    /// <summary>The handshake that began last has ended.</summary>
    /// <param name="protocol">What was agreed on; null: it failed.</param>
    public void EndHandshake(string? protocol)
    {
        TlsProtocol = protocol;

        lock (_gate)
        {
            _opening?.FindLast(phase => phase.Phase.Kind == SetupPhaseKind.Tls).Phase?.EventEnded(failed: protocol is null);
        }
    }

    /// <summary>The phases so far, of an attempt that may go on.</summary>
    public SetupPhase[] PhasesAt(DateTime now)
    {
        lock (_gate)
        {
            if (SetupDuration is not null)
            {
                return Phases;
            }

            var phases = Begun().Select(opening => opening.Phase.At(now)).ToArray();
            return SetupTimeline.Fill(phases, OpeningSince, now, TunnelFrom, ended: false, error: null, out _);
        }
    }

    /// <summary>The activity in whose flow it began. Asked once: it is not to keep the activity.</summary>
    public Activity? TakeFlow()
    {
        var taken = _flow;
        _flow = null;
        return taken;
    }

    /// <summary>The attempt has ended.</summary>
    /// <returns>The phases that are its own and not those of the connection inside a tunnel.</returns>
    public SetupPhase[] EndSetup(Activity setup)
    {
        Host = setup.GetTagItem(AttributeNames.ServerAddress) as string;
        Port = setup.GetTagItem(AttributeNames.ServerPort) as int?;
        Scheme = setup.GetTagItem(AttributeNames.UrlScheme) as string;
        PeerAddress = setup.GetTagItem(AttributeNames.PeerAddress) as string;

        var error = setup.Status == ActivityStatusCode.Error ? setup.GetTagItem(AttributeNames.ErrorType) as string ?? AttributeNames.OtherError : null;
        SetupPhase[] own;

        lock (_gate)
        {
            var end = setup.StartTimeUtc + setup.Duration;
            var opening = Begun();
            var phases = new SetupPhase[opening.Count];
            for (var i = 0; i < phases.Length; i++)
            {
                phases[i] = opening[i].Phase.Complete(end, error);
                PeerPort = phases[i].Port ?? PeerPort;
            }

            Phases = SetupTimeline.Fill(phases, setup.StartTimeUtc, end, TunnelFrom, ended: true, error, out var sources);
            own = opening.TrueForAll(static phase => phase.Own) ? Phases : [.. Phases.Where((_, i) => sources[i] < 0 || opening[sources[i]].Own)];

            if (error is not null)
            {
                // One address may have failed before another one succeeded: only the last phase can have ended the attempt.
                FailedPhase = Phases is [.., { ErrorType: not null } last] ? last : null;
                ErrorType = FailedPhase?.ErrorType ?? error;
            }

            _spans = _spansAreWanted ? Array.ConvertAll(sources, source => source < 0 ? null : opening[source].Phase.Span) : null;
            _opening = null;
            _setup = null;
            SetupDuration = setup.Duration;
        }

        return own;
    }

    /// <summary>The events of System.Net.Http give it this number; null: from now on nothing tells when it is closed.</summary>
    public void Identify(long? id) => Id = id;

    /// <summary>It speaks this protocol.</summary>
    public void Speaks(string? protocol) => Protocol ??= protocol;

    /// <summary>It has been closed, by either side.</summary>
    public void Close(DateTime now) => Volatile.Write(ref _closedAt, now.Ticks);

    /// <summary>The request that caused this attempt has ended; nothing of it is kept.</summary>
    public void ForgetInitiator()
    {
        Use.ForgetInitiator();
        ForgetSpans();
    }

    /// <summary>No copy of the spans of its phases will be wanted. The attempt may go on: its phases are still needed then.</summary>
    public void ForgetSpans()
    {
        lock (_gate)
        {
            _spansAreWanted = false;
            _spans = null;
        }
    }

    private void BeginPhase(OpeningPhase phase, bool own)
    {
        lock (_gate)
        {
            if (SetupDuration is null)
            {
                (_opening ??= new(3)).Add((phase, own));
            }
        }

        if (outer is not null)
        {
            outer._inner = this;
            outer.BeginPhase(phase, own: false);
        }
    }

    private List<(OpeningPhase Phase, bool Own)> Begun() =>
        _opening is not { } opening ? [] : Inner is not null || opening.TrueForAll(static phase => phase.Own) ? opening : opening.FindAll(static phase => phase.Own);
}
