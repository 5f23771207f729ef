using System.Globalization;
using ConnectionTracing;

namespace ConnectionTracingDemo.Web;

/// <summary>A connection as the Network page shows it: all texts are ready to be shown.</summary>
/// <param name="Key">The same for the same connection.</param>
/// <param name="Number">The runtime's number, such as <c>#3</c>.</param>
/// <param name="OpenedAt">Milliseconds since 1970, as in JavaScript.</param>
/// <param name="ClosedAt">As above, also of an attempt that failed; null: open, or nobody said.</param>
/// <param name="Served">How many requests it served.</param>
/// <param name="State">open, opening, closed or failed.</param>
/// <param name="Setup">Milliseconds that the setup bar stands for.</param>
/// <param name="Label">The figures of the setup as text.</param>
public sealed record ConnectionRow(
    string Key,
    string Number,
    string Service,
    string Host,
    string Protocol,
    string Tls,
    long OpenedAt,
    long? ClosedAt,
    long Served,
    string State,
    string? Problem,
    double Setup,
    string SetupText,
    IReadOnlyList<TimingPhase> Phases,
    string Label,
    string Facts,
    string TraceId,
    string? TraceUrl)
{
    /// <summary>How long it has been there.</summary>
    internal string Age(DateTimeOffset now) => Describe(TimeSpan.FromMilliseconds(Math.Max(0, (ClosedAt ?? now.ToUnixTimeMilliseconds()) - OpenedAt)));

    internal static ConnectionRow From(TracedConnection connection, string service, DashboardLinks dashboard)
    {
        var phases = TimingPhase.From(connection.Phases);
        var setup = phases.Select(phase => phase.Start + phase.Duration).Append(TimingPhase.Positive(connection.Setup ?? 0)).Max();
        var setupText = connection.Setup is null ? "–" : TimingPhase.Milliseconds(setup);
        var problem = connection.ErrorType is null ? null : ShownText.Clean(connection.ErrorType, 200);
        var openedAt = connection.OpenedAt.ToUnixTimeMilliseconds();
        var opened = connection.OpenedAt.UtcDateTime.ToString(TimingRow.TimeFormat, CultureInfo.InvariantCulture);
        var peer = connection.PeerAddress is null ? null : $"to {ShownText.Clean(connection.PeerAddress, 100)}";

        return new(
            ShownText.Clean($"{service} {connection.SpanId}", 200),
            connection.Id is { } id ? string.Create(CultureInfo.InvariantCulture, $"#{id}") : "–",
            service,
            $"{(connection.Scheme is null ? "" : $"{ShownText.Clean(connection.Scheme, 10)}://")}{TimingRow.HostAndPort(connection.Address, connection.Port)}",
            connection.Protocol is null ? "–" : $"HTTP/{ShownText.Clean(connection.Protocol, 10)}",
            connection.TlsProtocol is null ? "–" : $"TLS {ShownText.Clean(connection.TlsProtocol, 20)}",
            openedAt,
            connection.ClosedAt?.ToUnixTimeMilliseconds() ?? (problem is null ? null : openedAt + (long)setup),
            connection.Served,
            problem is not null ? "failed" : connection.ClosedAt is not null ? "closed" : connection.Setup is null ? "opening" : "open",
            problem,
            setup,
            setupText,
            phases,
            $"Setup {setupText}{(phases.Count > 0 ? ": " : "")}{TimingPhase.Describe(phases)}",
            string.Join(" · ", new[] { $"opened {opened} UTC", peer, problem is null ? null : $"failed: {problem}", $"trace {ShownText.Clean(connection.TraceId, 64)}" }.OfType<string>()),
            ShownText.Clean(connection.TraceId, 64),
            dashboard.Trace(connection.TraceId)?.AbsoluteUri);
    }

    // network.js says the same in the same words.
    private static string Describe(TimeSpan age) => age.TotalSeconds < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalSeconds} s")
        : age.TotalMinutes < 60
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes} min {age.Seconds} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours} h {age.Minutes} min");
}
