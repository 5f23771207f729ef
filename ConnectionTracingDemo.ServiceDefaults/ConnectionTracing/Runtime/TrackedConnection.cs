using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>A connection from the start of its setup on: collects the phases, and learns later what only events and requests tell.</summary>
/// <param name="setup">The <c>HTTP connection_setup</c> activity.</param>
/// <param name="outer">The attempt that needs this one: that of a tunnel through a proxy, for the connection to the proxy.</param>
internal sealed class TrackedConnection(Activity setup, TrackedConnection? outer) : Connection(setup.Context, setup.StartTimeUtc)
{
    private readonly Lock _gate = new();
    private volatile List<(OpeningPhase Phase, bool Own)>? _opening;
    private bool _spansAreWanted = true;

    // Ticks, and 0 for none: read by other threads while it is written.
    private long _closedAt;

    /// <summary>Which request caused it, and whether it has served one.</summary>
    public ConnectionUse Use { get; } = new();

    public override DateTime? ClosedAt => Volatile.Read(ref _closedAt) is var ticks and > 0 ? new DateTime(ticks, DateTimeKind.Utc) : null;

    /// <summary>The span of one of its <see cref="Connection.Phases"/>; null: the request that caused the attempt has ended.</summary>
    public Activity? SpanOf(int phase) => _opening?[phase].Phase.Span;

    /// <summary>A DNS lookup, socket connect or TLS handshake of this attempt begins.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="own">False: it is one of the connection inside a tunnel, and a phase of this attempt only because that is a part of it.</param>
    public void BeginPhase(OpeningPhase phase, bool own = true)
    {
        lock (_gate)
        {
            if (SetupDuration is null)
            {
                (_opening ??= new(3)).Add((phase, own));
            }
        }

        outer?.BeginPhase(phase, own: false);
    }

    /// <summary>The handshake that began last has ended.</summary>
    /// <param name="protocol">What was agreed on; null: it failed.</param>
    public void EndHandshake(string? protocol)
    {
        TlsProtocol = protocol;

        lock (_gate)
        {
            _opening?.FindLast(phase => phase.Phase.Kind == SetupPhaseKind.Tls).Phase?.EventEnded();
        }
    }

    /// <summary>The handshake failed because of the server's certificate.</summary>
    public void RejectCertificate(string error) => CertificateError = error;

    /// <summary>The phases so far, of an attempt that may go on.</summary>
    public SetupPhase[] PhasesAt(DateTime now)
    {
        lock (_gate)
        {
            return _opening is null || SetupDuration is not null ? Phases : [.. _opening.Select(opening => opening.Phase.At(now))];
        }
    }

    /// <summary>The attempt has ended.</summary>
    /// <returns>The phases that are its own and not those of the connection inside a tunnel.</returns>
    public SetupPhase[] EndSetup(Activity setup)
    {
        Host = setup.GetTagItem(AttributeNames.ServerAddress) as string;
        Port = setup.GetTagItem(AttributeNames.ServerPort) as int?;
        Scheme = setup.GetTagItem(AttributeNames.UrlScheme) as string;
        PeerAddress = setup.GetTagItem(AttributeNames.PeerAddress) as string;

        var error = setup.GetTagItem(AttributeNames.ErrorType) as string;
        SetupPhase[] own = [];

        lock (_gate)
        {
            if (_opening is { } opening)
            {
                var phases = new SetupPhase[opening.Count];
                var ownCount = 0;
                for (var i = 0; i < opening.Count; i++)
                {
                    var (phase, isOwn) = opening[i];
                    phases[i] = phase.Complete(setup.StartTimeUtc + setup.Duration, error);
                    ownCount += isOwn ? 1 : 0;
                    if (phase.Kind == SetupPhaseKind.Tcp)
                    {
                        PeerPort = phase.Span.GetTagItem(AttributeNames.PeerPort) as int?;
                    }
                }

                Phases = phases;
                own = ownCount == phases.Length ? phases : [.. phases.Where((_, i) => opening[i].Own)];
            }

            if (setup.Status == ActivityStatusCode.Error)
            {
                // One address may have failed before another one succeeded: only the last phase can have ended the attempt.
                FailedPhase = Phases is [.., { ErrorType: not null } last] ? last : null;
                ErrorType = FailedPhase?.ErrorType ?? error ?? AttributeNames.OtherError;
            }

            SetupDuration = setup.Duration;
            _opening = _spansAreWanted ? _opening : null;
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
            _opening = SetupDuration is null ? _opening : null;
        }
    }
}
