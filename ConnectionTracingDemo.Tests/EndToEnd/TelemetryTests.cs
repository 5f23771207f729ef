using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ConnectionTracingDemo.Tests.FaultLab;
using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Telemetry;

namespace ConnectionTracingDemo.Tests.EndToEnd;

/// <summary>What arrives in the dashboard, and what is kept from it.</summary>
[Collection(SharedDemo.Name)]
public sealed partial class TelemetryTests(DemoApplication demo)
{
    [Theory]
    [InlineData(DemoApplication.Web)]
    [InlineData(DemoApplication.Api)]
    public async Task Every_service_sends_logs_metrics_and_traces(string service)
    {
        await demo.Visitor.GetNewWeatherAsync();

        await demo.Telemetry.WaitForLogsMetricsAndTracesAsync(service);
    }

    [Fact]
    public async Task Every_trace_is_about_a_request_of_a_visitor_or_a_connection_of_HttpClient()
    {
        foreach (var address in new[] { "/", "/fault-lab", demo.Visitor.NewWeatherAddress() })
        {
            var page = await demo.Visitor.GetAsync(address);
            var assets = Asset().Matches(page.Html);
            Assert.NotEmpty(assets);
            foreach (Match asset in assets)
            {
                Assert.Equal(HttpStatusCode.OK, (await demo.Visitor.GetAsync("/" + asset.Groups["path"].Value)).Status);
            }
        }

        foreach (var address in new[] { "/health", "/alive", "/connection-tracing", "/connection-tracing/page/main.js" })
        {
            Assert.Equal(HttpStatusCode.OK, (await demo.Visitor.GetAsync(address)).Status);
        }

        using (var lab = new LabVisitor(demo.WebUrl))
        {
            // The button of the page, whose form Blazor handles, and the endpoint.
            var (status, _) = await lab.SubmitAsync((await lab.GetPageAsync()).Html, "run-cold-and-warm");
            Assert.Equal(HttpStatusCode.OK, status);
            foreach (var scenario in new[] { "refused-port", "dead-first-address", "untrusted-certificate" })
            {
                await lab.RunAsync(scenario);
            }
        }

        // Each tracer provider of a process sends its spans in order. What the above left is there before the page that follows, and before the
        // last connection of the last run, which is not trusted.
        await demo.Telemetry.WaitForSpanAsync("the failed connection of the last run", span => span.Name.StartsWith("HTTP connection_setup", StringComparison.Ordinal) && span["error.type"] == "secure_connection_error");
        var roots = (await VisitAndGetSpansAsync()).Where(span => span.ParentSpanId is null).ToList();

        Assert.Contains(roots, span => span["url.path"] == "/");
        Assert.Contains(roots, span => span["url.path"] == "/fault-lab" && span.Name.StartsWith("POST", StringComparison.Ordinal));
        Assert.Contains(roots, span => span["url.path"] == "/fault-lab/runs/untrusted-certificate");
        Assert.DoesNotContain(roots, span =>
            !span.Name.StartsWith("HTTP connection_setup", StringComparison.Ordinal)
            && (span.Kind != ActivityKind.Server || span["url.path"] is "/health" or "/alive" or "/connection-tracing" || Path.HasExtension(span["url.path"])));
    }

    [Fact]
    public async Task Sending_telemetry_leaves_no_spans()
    {
        // The spans of the first visit have been sent when those of the second arrive.
        await VisitAndGetSpansAsync();
        var spans = await VisitAndGetSpansAsync();

        var outgoing = spans.Where(span => span.Kind == ActivityKind.Client || span.Name.StartsWith("HTTP connection_setup", StringComparison.Ordinal)).ToList();
        Assert.Contains(outgoing, span => span["server.port"] == Text(demo.ApiUrl.Port));

        var telemetryPort = Text((await demo.TelemetryTargetAsync()).Port);
        Assert.DoesNotContain(outgoing, span => span["server.port"] == telemetryPort);

        static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A style sheet, script or picture that a page refers to.</summary>
    [GeneratedRegex("""(href|src)="/?(?<path>[\w.-]+\.(css|js|svg))""")]
    private static partial Regex Asset();

    private async Task<IReadOnlyList<Span>> VisitAndGetSpansAsync()
    {
        var page = await demo.Visitor.GetNewWeatherAsync();
        await demo.Telemetry.WaitForSpansAsync($"trace {page.TraceId} of a visit of the Weather page", spans => WeatherTrace.Find(spans, page.TraceId));

        return await demo.Telemetry.GetSpansAsync();
    }
}
