using ConnectionTracing.Runtime;
using ConnectionTracingDemo.Tests.Telemetry;

namespace ConnectionTracingDemo.Tests.Standalone;

/// <summary>ServiceDefaults in somebody else's solution, without an AppHost.</summary>
public sealed class CopiedServiceDefaultsTests(CopiedServiceDefaults copy) : IClassFixture<CopiedServiceDefaults>
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task A_standalone_dashboard_shows_the_service_and_its_connections()
    {
        await using var dashboard = await StandaloneDashboard.StartAsync();
        using var telemetry = new DashboardTelemetry(dashboard.Url, apiKey: "none");

        // The variables that the README names, with this dashboard's address.
        var variables = await Readme.ReadVariablesAsync("ConnectionTracingDemo.ServiceDefaults/README.md");
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = dashboard.OtlpUrl.OriginalString;
        var (program, url) = await copy.StartServiceAsync(variables);
        await using (program)
        {
            await Http.GetStringAsync(new Uri(url, "/self"));

            var request = await telemetry.WaitForSpanAsync("the request of the service to itself", span => span.Source == NetworkActivitySources.Http);
            var setup = await telemetry.WaitForSpanAsync("the connection it was served by", span => request.Links.Contains(SpanLink.To(span)));

            Assert.Equal(variables["OTEL_SERVICE_NAME"], request.Service);
            Assert.Equal($"{url.AbsoluteUri}", request["url.full"]);
            Assert.Equal($"HTTP connection_setup {url.Authority}", setup.Name);
            Assert.Equal(variables["OTEL_SERVICE_NAME"], setup.Service);
        }
    }

    [UnixTheory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task An_endpoint_that_does_not_answer_costs_nothing_but_the_telemetry(string protocol)
    {
        // Nothing listens on port 1, and a connection to it is refused at once.
        var (program, url) = await copy.StartServiceAsync(new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
        });
        await using (program)
        {
            Assert.Equal("Hello World!", await Http.GetStringAsync(new Uri(url, "/self")));

            Assert.Equal(0, await program.TerminateAsync());
            Assert.DoesNotContain("fail:", program.Output);
        }
    }

    [UnixFact]
    public async Task The_command_of_the_README_switches_connection_tracing()
    {
        var readme = await Readme.ReadAsync("ConnectionTracingDemo.ServiceDefaults/ConnectionTracing/README.md");
        var command = readme.BlocksOf("sh").Single(block => block.StartsWith("curl ", StringComparison.Ordinal));
        var (program, url) = await copy.StartServiceAsync(new Dictionary<string, string> { ["ConnectionTracing__Enabled"] = "false" });
        await using (program)
        {
            Assert.Contains("\"enabled\":false", await Http.GetStringAsync(new Uri(url, "/connection-tracing")), StringComparison.Ordinal);

            await RunningProgram.RunAsync("sh", ["-c", command.Replace("http://localhost:5000", url.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)], ".");

            Assert.Contains("\"enabled\":true", await Http.GetStringAsync(new Uri(url, "/connection-tracing")), StringComparison.Ordinal);
        }
    }

    [UnixFact]
    public async Task Nothing_is_exported_where_no_endpoint_is_set()
    {
        var (program, url) = await copy.StartServiceAsync(new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "" });
        await using (program)
        {
            Assert.Equal("Hello World!", await Http.GetStringAsync(new Uri(url, "/self")));
            Assert.Equal("Healthy", await Http.GetStringAsync(new Uri(url, "/health")));

            Assert.Equal(0, await program.TerminateAsync());
        }
    }
}
