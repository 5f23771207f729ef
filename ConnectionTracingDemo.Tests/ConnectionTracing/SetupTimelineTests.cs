using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

public sealed class SetupTimelineTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Time_outside_of_the_phases_is_a_phase_from_5_ms_on()
    {
        var phases = Fill([Phase(SetupPhaseKind.Dns, 4, 10), Phase(SetupPhaseKind.Tcp, 20, 30)], end: 34);

        Assert.Equal([(SetupPhaseKind.Dns, 4, 10), (SetupPhaseKind.Other, 10, 20), (SetupPhaseKind.Tcp, 20, 30)], phases);
    }

    [Fact]
    public void Setup_that_failed_outside_of_its_phases_ends_with_a_phase()
    {
        var phases = Fill([Phase(SetupPhaseKind.Tcp, 0, 10)], end: 11, error: "connection_error");

        Assert.Equal([(SetupPhaseKind.Tcp, 0, 10), (SetupPhaseKind.Other, 10, 11)], phases);
    }

    [Fact]
    public void Nothing_follows_the_phase_that_a_setup_failed_in()
    {
        var phases = Fill([Phase(SetupPhaseKind.Tcp, 0, 10) with { ErrorType = "connection_refused" }], end: 30, error: "connection_error");

        Assert.Equal([(SetupPhaseKind.Tcp, 0, 10)], phases);
    }

    [Fact]
    public void Tunnel_is_a_phase_however_short_and_ends_with_the_handshake_through_it()
    {
        var phases = Fill([Phase(SetupPhaseKind.Tcp, 0, 10), Phase(SetupPhaseKind.Tls, 12, 30)], end: 40, tunnelFrom: 11);

        Assert.Equal([(SetupPhaseKind.Tcp, 0, 10), (SetupPhaseKind.Tunnel, 10, 12), (SetupPhaseKind.Tls, 12, 30), (SetupPhaseKind.Other, 30, 40)], phases);
    }

    [Fact]
    public void Tunnel_without_a_handshake_lasts_until_the_end()
    {
        var phases = Fill([Phase(SetupPhaseKind.Tcp, 0, 10)], end: 13, tunnelFrom: 10);

        Assert.Equal([(SetupPhaseKind.Tcp, 0, 10), (SetupPhaseKind.Tunnel, 10, 13)], phases);
    }

    private static IEnumerable<(SetupPhaseKind, int, int)> Fill(SetupPhase[] phases, int end, int? tunnelFrom = null, string? error = null) =>
        SetupTimeline.Fill(phases, Start, At(end), tunnelFrom is { } from ? At(from) : null, ended: true, error, out _)
            .Select(phase => (phase.Kind, MsOf(phase.Start), MsOf(phase.Start + phase.Duration)));

    private static SetupPhase Phase(SetupPhaseKind kind, int from, int until) => new(kind, At(from), TimeSpan.FromMilliseconds(until - from));

    private static DateTime At(int ms) => Start.AddMilliseconds(ms);

    private static int MsOf(DateTime time) => (int)(time - Start).TotalMilliseconds;
}
