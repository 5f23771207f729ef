using System.Diagnostics;
using System.Globalization;
using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Telemetry;

namespace ConnectionTracingDemo.Tests.EndToEnd;

/// <summary>What arrives in the dashboard, and what is kept from it.</summary>
[Collection(SharedDemo.Name)]
public sealed class TelemetryTests(DemoApplication demo)
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
    public async Task Health_checks_leave_no_spans()
    {
        Assert.Equal("Healthy", (await demo.Visitor.GetAsync("/health")).Html);
        Assert.Equal("Healthy", (await demo.Visitor.GetAsync("/alive")).Html);

        // A process sends its spans in order: what the health checks left would be there before the page.
        var spans = await VisitAndGetSpansAsync();

        Assert.DoesNotContain(spans, span => span["url.path"] is "/health" or "/alive");
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

    private async Task<IReadOnlyList<Span>> VisitAndGetSpansAsync()
    {
        var page = await demo.Visitor.GetNewWeatherAsync();
        await demo.Telemetry.WaitForSpansAsync($"trace {page.TraceId} of a visit of the Weather page", spans => WeatherTrace.Find(spans, page.TraceId));

        return await demo.Telemetry.GetSpansAsync();
    }
}
