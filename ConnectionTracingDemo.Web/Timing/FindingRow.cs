using System.Globalization;
using ConnectionTracing;

namespace ConnectionTracingDemo.Web;

/// <summary>A finding as the pages show it: all texts are ready to be shown.</summary>
/// <param name="Key">The same for the same finding.</param>
/// <param name="FoundAt">Milliseconds since 1970, as in JavaScript.</param>
/// <param name="Source">When, where, and about which host.</param>
public sealed record FindingRow(string Key, long FoundAt, string Cause, string Summary, string Evidence, string Suggestion, string Source, string TraceId, string? TraceUrl)
{
    internal static FindingRow From(Finding finding, string? service, DashboardLinks dashboard)
    {
        var time = finding.FoundAt.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var cause = ShownText.Clean(finding.Cause, 60);

        return new(
            ShownText.Clean($"{service} {cause} {finding.TraceId} {finding.SpanId} {finding.FoundAt:O}", 300),
            finding.FoundAt.ToUnixTimeMilliseconds(),
            cause,
            ShownText.Clean(finding.Summary, 500),
            ShownText.Clean(finding.Evidence, 1000),
            ShownText.Clean(finding.Suggestion, 1000),
            string.Join(" · ", new[] { $"{time} UTC", service, finding.Host is null ? null : TimingRow.HostAndPort(finding.Host, finding.Port), cause }.OfType<string>()),
            ShownText.Clean(finding.TraceId, 64),
            dashboard.Trace(finding.TraceId)?.AbsoluteUri);
    }
}
