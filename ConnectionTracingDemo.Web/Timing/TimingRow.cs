using System.Globalization;
using ConnectionTracing;

namespace ConnectionTracingDemo.Web;

/// <summary>A request as the tables show it, live or static: all texts are ready to be shown.</summary>
/// <param name="Key">The same for the same request: one that comes again has learned more.</param>
/// <param name="Time">UTC.</param>
/// <param name="Start">The same in full, for machines.</param>
/// <param name="Service">Who sent it; null where the table shows one service only.</param>
/// <param name="Host">Host and port.</param>
/// <param name="Status">The status code, or that there is none.</param>
/// <param name="Failed">It got no answer, or an error.</param>
/// <param name="Problem">Why it failed.</param>
/// <param name="Connection">Number and use of the connection, such as <c>#3 reused</c>.</param>
/// <param name="Protocol">Such as <c>HTTP/1.1</c>.</param>
/// <param name="Total">Milliseconds until its body was read or, where nobody said when that was, until its headers were.</param>
/// <param name="Headers">Milliseconds until its headers were read.</param>
/// <param name="Label">The figures as text.</param>
/// <param name="TraceId">Its trace.</param>
/// <param name="TraceUrl">That trace in the dashboard; null: nobody knows where the dashboard is.</param>
public sealed record TimingRow(
    string Key,
    string Time,
    DateTimeOffset Start,
    string? Service,
    string Method,
    string Url,
    string Host,
    string Status,
    bool Failed,
    string? Problem,
    string Connection,
    string? Protocol,
    double Total,
    string TotalText,
    double Headers,
    IReadOnlyList<TimingPhase> Phases,
    string Label,
    string TraceId,
    string? TraceUrl)
{
    internal const string TimeFormat = "HH:mm:ss.fff";

    /// <summary>When its headers were read, in milliseconds since 1970: the order of the rows. By start, one that took long would come in among those forgotten already.</summary>
    public double Ended => Start.ToUnixTimeMilliseconds() + Headers;

    /// <summary>What the columns leave out.</summary>
    public string Facts => string.Join(" · ", new[] { Host, Protocol, Problem is null ? null : $"failed: {Problem}", $"trace {TraceId}" }.OfType<string>());

    internal static TimingRow From(TracedRequest request, string? service, DashboardLinks dashboard)
    {
        var phases = TimingPhase.From(request.Phases);
        var headers = TimingPhase.Positive(request.Duration);
        var total = phases.Select(phase => phase.Start + phase.Duration).Append(headers).Max();
        var failed = request.ErrorType is not null || request.Status is null or >= 400;
        var totalText = TimingPhase.Milliseconds(total);
        var problem = failed ? ShownText.Clean(request.ErrorType ?? "no response", 200) : null;

        return new(
            ShownText.Clean($"{service} {request.TraceId} {request.SpanId}", 200),
            request.Start.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture),
            request.Start.ToUniversalTime(),
            service,
            ShownText.Clean(request.Method, 40),
            ShownText.Clean(request.Url),
            HostAndPort(request.Host, request.Port),
            request.Status?.ToString(CultureInfo.InvariantCulture) ?? "none",
            failed,
            problem,
            (request.ConnectionId, request.Reused) switch
            {
                ({ } id, true) => $"#{id} reused",
                ({ } id, false) => $"#{id} new",
                ({ } id, null) => $"#{id}",
                (null, true) => "reused",
                (null, false) => "new",
                (null, null) => "–",
            },
            request.Protocol is null ? null : $"HTTP/{ShownText.Clean(request.Protocol, 10)}",
            total,
            totalText,
            headers,
            phases,
            $"{totalText}{(failed ? ", failed" : "")}{(phases.Count > 0 ? ": " : "")}{TimingPhase.Describe(phases)}",
            ShownText.Clean(request.TraceId, 64),
            dashboard.Trace(request.TraceId)?.AbsoluteUri);
    }

    internal static string HostAndPort(string? host, int? port) =>
        $"{(string.IsNullOrEmpty(host) ? "–" : ShownText.Clean(host, 255))}{(port is null ? "" : string.Create(CultureInfo.InvariantCulture, $":{port}"))}";
}
