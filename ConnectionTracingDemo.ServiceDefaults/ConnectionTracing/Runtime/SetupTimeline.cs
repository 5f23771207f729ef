using System;
using System.Linq;
using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>Finds the time of a connection setup that no DNS lookup, socket connect or TLS handshake accounts for.</summary>
internal static class SetupTimeline
{
    /// <summary>Less between two phases is scheduling, also on a busy machine. A tunnel is always a phase.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(5);

    /// <summary>Adds the phases in between.</summary>
    /// <param name="phases">Those that the runtime tells, in the order in which they began.</param>
    /// <param name="start">When the setup began.</param>
    /// <param name="end">When it ended, or now.</param>
    /// <param name="tunnelFrom">When the connection to the proxy was there that opens a tunnel; null: there is none.</param>
    /// <param name="ended">False: the setup goes on.</param>
    /// <param name="error">Why it failed; null: it did not.</param>
    /// <param name="sources">For each phase, its index in <paramref name="phases"/>; -1: it has been added.</param>
    public static SetupPhase[] Fill(SetupPhase[] phases, DateTime start, DateTime end, DateTime? tunnelFrom, bool ended, string? error, out int[] sources)
    {
        var gaps = 0;
        var covered = start;
        foreach (var phase in phases)
        {
            gaps += IsPhase(covered, phase.Start) ? 1 : 0;
            covered = phase.End > covered ? phase.End : covered;
        }

        // After a phase that failed, it is the exception that took time. Where none did, the setup failed outside of them, however short that was.
        var isOpenEnd = phases is not [.., { ErrorType: not null }] && (error is not null || IsPhase(covered, end));
        if (gaps == 0 && !isOpenEnd)
        {
            sources = [.. Enumerable.Range(0, phases.Length)];
            return phases;
        }

        var filled = new SetupPhase[phases.Length + gaps + (isOpenEnd ? 1 : 0)];
        sources = new int[filled.Length];
        var count = 0;
        covered = start;
        for (var i = 0; i < phases.Length; i++)
        {
            if (IsPhase(covered, phases[i].Start))
            {
                sources[count] = -1;
                filled[count++] = Gap(covered, phases[i].Start);
            }

            sources[count] = i;
            filled[count++] = phases[i];
            covered = phases[i].End > covered ? phases[i].End : covered;
        }

        if (isOpenEnd)
        {
            sources[count] = -1;
            filled[count] = Gap(covered, end) with { Completed = ended, ErrorType = error };
        }

        return filled;

        SetupPhase Gap(DateTime from, DateTime until) =>
            new(OpensTunnel(from, until) ? SetupPhaseKind.Tunnel : SetupPhaseKind.Other, from, until - from);

        bool IsPhase(DateTime from, DateTime until) => until - from >= Shortest || OpensTunnel(from, until);

        bool OpensTunnel(DateTime from, DateTime until) => from <= tunnelFrom && tunnelFrom < until;
    }
}
