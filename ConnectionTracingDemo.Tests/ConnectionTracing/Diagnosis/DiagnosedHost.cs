using System.Diagnostics;
using ConnectionTracing;
using Microsoft.Extensions.DependencyInjection;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Diagnosis;

/// <summary>A traced host whose thresholds no preempted thread crosses, but for those that a test is about.</summary>
internal static class DiagnosedHost
{
    /// <summary>How long a fault of a test takes; three times the threshold that it is to cross.</summary>
    public static readonly TimeSpan Fault = TimeSpan.FromMilliseconds(300);

    private const string Threshold = "00:00:00.100";

    private static readonly string[] Times = ["Queue", "SlowDns", "QueuedDns", "SlowConnect", "FailedAddress", "SlowTls", "SlowServer", "SlowBody", "SlowTunnel", "SlowSetup", "SlowSend", "SlowContinue", "Starvation"];

    /// <summary>Starts it, with a monitor.</summary>
    /// <param name="threshold">The time that counts; all others are an hour.</param>
    public static async Task<TracedHost> StartAsync(string? threshold = null, Action<IServiceCollection>? configure = null, params (string Key, string Value)[] settings)
    {
        var all = Times.ToDictionary(time => "ConnectionTracing:Diagnosis:" + time, time => (string?)(time == threshold ? Threshold : "01:00:00"));
        foreach (var (key, value) in settings)
        {
            all["ConnectionTracing:" + key] = value;
        }

        var host = await TracedHost.StartAsync(all, configure: configure);
        Monitor(host);
        return host;
    }

    public static IConnectionTracingMonitor Monitor(this TracedHost host) => host.Services.GetRequiredService<IConnectionTracingMonitor>();

    /// <summary>All findings so far, oldest first.</summary>
    public static IReadOnlyList<Finding> Findings(this TracedHost host) => [.. host.Monitor().GetReport().Findings.Reverse()];

    /// <summary>The one finding, in the monitor, in the log and on the span.</summary>
    public static async Task<Finding> AssertOnly(this TracedHost host, string cause, int port)
    {
        var finding = Assert.Single(host.Findings());
        Assert.Equal((cause, port), (finding.Cause, finding.Port));

        var (message, traceId, spanId) = Assert.Single(host.Warnings);
        Assert.StartsWith($"{cause} at {finding.Host}:{port}: {finding.Summary} {finding.Evidence} {finding.Suggestion}", message, StringComparison.Ordinal);

        // A failed request has an event of the runtime, too.
        var span = Assert.Single(await host.Requests.WaitFor(span => span.Events.Any(IsFinding)));
        var found = Assert.Single(span.Events, IsFinding);
        Assert.Equal(
            [("httpclient.finding.cause", cause), ("httpclient.finding.summary", finding.Summary), ("httpclient.finding.evidence", finding.Evidence), ("httpclient.finding.suggestion", finding.Suggestion)],
            found.Tags.Select(tag => (tag.Key, (string)tag.Value!)));

        Assert.InRange(found.Timestamp.UtcDateTime, span.Start, span.Start + span.Duration);

        // The record is within the span that has the event; for a body, that is below the request.
        Assert.Equal((span.TraceId, span.Id), (traceId, spanId));
        Assert.Equal(finding.TraceId, span.TraceId.ToHexString());
        Assert.Equal(finding.SpanId, (span.Source == "System.Net.Http" ? span.Id : span.ParentId).ToHexString());
        return finding;

        static bool IsFinding(ActivityEvent found) => found.Name == "httpclient.finding";
    }
}
