using System.Globalization;
using System.Text.Json;
using ConnectionTracingDemo.Tests.EndToEnd;
using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Standalone;
using ConnectionTracingDemo.Tests.Telemetry;
using ConnectionTracingDemo.Viewer.Sources;
using Microsoft.Diagnostics.NETCore.Client;
using static ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.ConnectionTracingAttributes;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>
/// The running webfrontend, seen from outside and by its own spans. The times come from different sources, so each checks the other.
/// </summary>
[Collection(SharedDemo.Name)]
public sealed class WatchedDemoTests(DemoApplication demo)
{
    private const double ToleranceMs = 2;

    [UnixFact]
    public async Task Rows_match_the_span_attributes_of_the_same_requests()
    {
        await demo.RestartAsync(DemoApplication.Web);
        await using var viewer = await ViewerProgram.WatchAsync(FindWebfrontend(), "--format", "json");

        var firstPage = await demo.Visitor.GetNewWeatherAsync();
        var secondPage = await demo.Visitor.GetNewWeatherAsync();

        var lines = await viewer.WaitForLinesAsync(2, line => line.Contains("\"path\":\"/weatherforecast\"", StringComparison.Ordinal));
        var (first, second) = (ViewerProgram.Json(lines[0]), ViewerProgram.Json(lines[1]));

        Assert.Equal(("new", "reused"), (first.GetProperty("use").GetString(), second.GetProperty("use").GetString()));
        Assert.Equal(first.GetProperty("connection").GetInt64(), second.GetProperty("connection").GetInt64());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("dnsMs").ValueKind);

        var firstSpan = await FindRequestAsync(firstPage.TraceId);
        AssertSame(firstSpan, DnsDuration, first, "dnsMs");
        AssertSame(firstSpan, TcpDuration, first, "tcpMs");
        AssertSame(firstSpan, TlsDuration, first, "tlsMs");
        AssertSame(firstSpan, QueueDuration, first, "queueMs");
        AssertSame(firstSpan, WaitDuration, first, "waitMs");

        var secondSpan = await FindRequestAsync(secondPage.TraceId);
        AssertSame(secondSpan, WaitDuration, second, "waitMs");
        Assert.Equal(secondSpan[ConnectionId], second.GetProperty("connection").GetInt64().ToString(CultureInfo.InvariantCulture));
    }

    private static void AssertSame(Span span, string attribute, JsonElement row, string column)
    {
        var told = double.Parse(span[attribute]!, CultureInfo.InvariantCulture);
        var seen = row.GetProperty(column).GetDouble();
        Assert.True(Math.Abs(told - seen) <= ToleranceMs, $"{column} is {seen} ms, {attribute} {told} ms.");
    }

    private async Task<Span> FindRequestAsync(string traceId) =>
        (await demo.Telemetry.WaitForSpansAsync($"the request in trace {traceId}", spans => WeatherTrace.Find(spans, traceId))).Request;

    /// <summary>Other demos may run on this machine; this one's settings name its dashboard.</summary>
    private int FindWebfrontend() => DotNetProcess.FindAll()
        .Where(process => process.Name == "ConnectionTracingDemo.Web")
        .Single(process => new DiagnosticsClient(process.Id).GetProcessEnvironment().GetValueOrDefault("DashboardUrl")?.Contains(demo.ConfiguredDashboardUrl.Authority, StringComparison.Ordinal) == true)
        .Id;
}
