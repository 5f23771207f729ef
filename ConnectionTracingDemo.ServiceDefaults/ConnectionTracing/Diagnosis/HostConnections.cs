using System;
using System.Collections.Generic;
using System.Threading;
using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Diagnosis;

/// <summary>The connections to one host and port: the last few of them, and how many were opened at once when there was none.</summary>
/// <param name="mayHaveOthers">Some that are open may have been forgotten.</param>
internal sealed class HostConnections(string host, int port, TcpStates states, bool mayHaveOthers = false)
{
    /// <summary>How many connections and failed attempts are remembered.</summary>
    public const int Kept = ConnectionTracingDiagnosisOptions.MaxChurnConnections;

    /// <summary>What begins later than this after the first does not begin at once with it.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<TrackedConnection> _recent = new(Kept);
    private int _open;
    private DateTime _since = DateTime.MaxValue;
    private DateTime _lastAdded = DateTime.UtcNow;
    private DateTime _forgottenUntil;
    private DateTime _firstOpening;
    private DateTime _lastOpening;
    private DateTime? _firstAnswer;
    private int _burst;

    public string Host { get; } = host;

    public int Port { get; } = port;

    /// <summary>How many are known to be open. Without RequestPhases nothing tells that one is closed.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _open;
            }
        }
    }

    /// <summary>When the last setup ended.</summary>
    public DateTime LastAdded
    {
        get
        {
            lock (_gate)
            {
                return _lastAdded;
            }
        }
    }

    /// <summary>When the last setup ended of those that <see cref="Recent"/> no longer has.</summary>
    public DateTime ForgottenUntil
    {
        get
        {
            lock (_gate)
            {
                return _forgottenUntil;
            }
        }
    }

    /// <summary>Who closes those that are idle.</summary>
    public IdleClosings IdleClosings { get; } = new(states);

    /// <summary>The last ones, in the order in which their setups ended.</summary>
    public TrackedConnection[] Recent()
    {
        lock (_gate)
        {
            return [.. _recent];
        }
    }

    /// <summary>The lookups of the last ones that were under way when this one began.</summary>
    public IReadOnlyList<SetupPhase> LookupsUnderWayAt(SetupPhase lookup)
    {
        List<SetupPhase>? found = null;
        lock (_gate)
        {
            foreach (var connection in _recent)
            {
                foreach (var phase in connection.Phases)
                {
                    if (phase.Kind == SetupPhaseKind.Dns && phase.Start < lookup.Start && phase.Start + phase.Duration > lookup.Start)
                    {
                        (found ??= []).Add(phase);
                    }
                }
            }
        }

        return found ?? [];
    }

    /// <summary>How many of the last ones were opened and closed within a time before another one was opened.</summary>
    public int CountClosedWithin(TimeSpan window, DateTime opening)
    {
        lock (_gate)
        {
            var count = 0;
            foreach (var connection in _recent)
            {
                if (connection.ClosedAt <= opening && opening - connection.OpeningSince <= window)
                {
                    count++;
                }
            }

            return count;
        }
    }

    /// <summary>The setup of a connection has ended, well or not.</summary>
    public void Add(TrackedConnection connection)
    {
        lock (_gate)
        {
            if (_recent.Count == Kept)
            {
                var forgotten = _recent.Dequeue().EstablishedAt;
                _forgottenUntil = forgotten > _forgottenUntil ? forgotten : _forgottenUntil;
            }

            _since = connection.EstablishedAt < _since ? connection.EstablishedAt : _since;
            _recent.Enqueue(connection);
            _lastAdded = connection.EstablishedAt;

            if (connection.ErrorType is null)
            {
                AddToBurst(connection.OpeningSince);
                _open++;
            }
        }
    }

    /// <summary>The first request that a connection served has ended.</summary>
    public void Answered(DateTime now)
    {
        lock (_gate)
        {
            if (_firstAnswer is null || now < _firstAnswer)
            {
                _firstAnswer = now;
            }
        }
    }

    /// <summary>A connection has been closed.</summary>
    public void Closed(TrackedConnection connection)
    {
        lock (_gate)
        {
            // One from before the host was forgotten, and connected to again, has not been counted here.
            if (connection.EstablishedAt >= _since && connection.ErrorType is null)
            {
                _open--;
            }
        }
    }

    /// <summary>A request took the connection over: it needed one of its own, and is no part of a burst.</summary>
    public void Upgraded(TrackedConnection connection)
    {
        lock (_gate)
        {
            if (IsOfBurst(connection))
            {
                _burst--;
            }
        }
    }

    /// <summary>
    /// How many connections began to be opened when none was known to be open, within a second, and before the first of them had
    /// served a request; and how far apart.
    /// </summary>
    /// <returns>None where the connection was not one of them.</returns>
    public (int Connections, TimeSpan Apart) BurstWith(TrackedConnection connection)
    {
        lock (_gate)
        {
            return !mayHaveOthers && IsOfBurst(connection) ? (_burst, _lastOpening - _firstOpening) : default;
        }
    }

    /// <summary>Whether another connection that begins to be opened then is one of the burst.</summary>
    public bool WouldBeOfBurst(DateTime opening)
    {
        lock (_gate)
        {
            return (_firstAnswer is null || opening <= _firstAnswer) && (opening - _firstOpening).Duration() <= AtOnce;
        }
    }

    private bool IsOfBurst(TrackedConnection connection) => connection.OpeningSince >= _firstOpening && connection.OpeningSince <= _lastOpening;

    private void AddToBurst(DateTime opening)
    {
        if (_open == 0)
        {
            (_firstOpening, _lastOpening, _firstAnswer, _burst) = (opening, opening, null, 1);
            return;
        }

        if (WouldBeOfBurst(opening))
        {
            _burst++;
            _firstOpening = opening < _firstOpening ? opening : _firstOpening;
            _lastOpening = opening > _lastOpening ? opening : _lastOpening;
        }
    }
}
