using System;
using System.Collections.Generic;

namespace ConnectionTracing.Model;

/// <summary>One step of opening a connection: a DNS lookup, a socket connect, CONNECT, a TLS handshake, or what else took time.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Start">When it began.</param>
/// <param name="Duration">How long it took, or has taken so far.</param>
/// <param name="Completed">False: the request that waited for it ended first.</param>
/// <param name="ErrorType">Why it failed; null: it did not, or has not ended.</param>
internal readonly record struct SetupPhase(SetupPhaseKind Kind, DateTime Start, TimeSpan Duration, bool Completed = true, string? ErrorType = null)
{
    /// <summary>What was asked: the name of a lookup, the address of a socket connect; null: unknown.</summary>
    public string? Address { get; init; }

    /// <summary>The port of a socket connect; null: unknown.</summary>
    public int? Port { get; init; }

    public DateTime End => Start + Duration;

    public string Name => NameOf(Kind);

    public static string NameOf(SetupPhaseKind kind) => kind switch
    {
        SetupPhaseKind.Dns => "dns",
        SetupPhaseKind.Tcp => "tcp",
        SetupPhaseKind.Tunnel => "tunnel",
        SetupPhaseKind.Tls => "tls",
        _ => "other",
    };

    /// <summary>The part of it that lies within a time; one that began later or ended earlier has a duration of zero.</summary>
    public SetupPhase Within(DateTime from, DateTime until)
    {
        var start = Start < from ? from : Start > until ? until : Start;
        var end = End < start ? start : End > until ? until : End;
        return this with { Start = start, Duration = end - start };
    }

    /// <summary>How long the phases of a kind took, in the order in which they began. Phases that overlap count once. Null: there is none.</summary>
    public static TimeSpan? DurationOf(SetupPhaseKind kind, IReadOnlyList<SetupPhase> phases)
    {
        TimeSpan? sum = null;
        var until = DateTime.MinValue;
        for (var i = 0; i < phases.Count; i++)
        {
            var phase = phases[i];
            if (phase.Kind == kind)
            {
                var from = phase.Start > until ? phase.Start : until;
                sum = sum.GetValueOrDefault() + (phase.End > from ? phase.End - from : TimeSpan.Zero);
                until = phase.End > until ? phase.End : until;
            }
        }

        return sum;
    }
}
