using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using ConnectionTracing;
using ConnectionTracingDemo.AppHost;
using ConnectionTracingDemo.Tests.Hosting;

namespace ConnectionTracingDemo.Tests.EndToEnd;

/// <summary>What the AppHost adds to both services: an address, commands and settings.</summary>
[Collection(SharedDemo.Name)]
public sealed class ResourceCommandTests(DemoApplication demo)
{
    private const string TraceConnections = "trace-connections";
    private const string StopTracingConnections = "stop-tracing-connections";
    private const string RunFault = "run-fault";
    private const string Scenario = "scenario";

    [Theory]
    [InlineData(DemoApplication.Web)]
    [InlineData(DemoApplication.Api)]
    public async Task A_service_has_the_address_of_its_page_beside_its_own(string service)
    {
        var urls = (await demo.ShowAsync(service)).Urls;

        Assert.Contains(urls, url => url.Url == UrlOf(service).GetLeftPart(UriPartial.Authority));
        Assert.Equal(new Uri(UrlOf(service), "/connection-tracing").AbsoluteUri, Assert.Single(urls, url => url.DisplayProperties.DisplayName == "Network").Url);
    }

    [Theory]
    [InlineData(DemoApplication.Web)]
    [InlineData(DemoApplication.Api)]
    public async Task A_service_knows_the_dashboard_and_all_services(string service)
    {
        var variables = (await demo.ShowAsync(service)).EnvironmentVariables.ToDictionary(variable => variable.Name, variable => variable.Value);

        Assert.Equal(demo.DashboardUrl, new Uri(variables["ConnectionTracing__Page__DashboardUrl"]!));
        Assert.Equal(demo.WebUrl, new Uri(variables["ConnectionTracing__Page__Services__webfrontend"]!));
        Assert.Equal(demo.ApiUrl, new Uri(variables["ConnectionTracing__Page__Services__apiservice"]!));
    }

    [Theory]
    [InlineData(DemoApplication.Web)]
    [InlineData(DemoApplication.Api)]
    public async Task Commands_switch_connection_tracing_on_for_five_minutes_and_off(string service)
    {
        using var client = new HttpClient();
        var address = new Uri(UrlOf(service), "/connection-tracing");
        try
        {
            var start = DateTimeOffset.UtcNow;
            var on = await ReadAsync(TraceConnections);
            var until = Assert.NotNull((await client.GetFromJsonAsync<ConnectionTracingReport>(address))!.Until);
            Assert.InRange(until, start.AddMinutes(5), DateTimeOffset.UtcNow.AddMinutes(5));
            Assert.Equal((true, until, address), (on.Enabled, on.Until, on.Report));

            var off = await ReadAsync(StopTracingConnections);
            Assert.False((await client.GetFromJsonAsync<ConnectionTracingReport>(address))!.Enabled);
            Assert.Equal((false, null, address), (off.Enabled, off.Until, off.Report));
        }
        finally
        {
            await demo.TraceForGoodAsync(service);
        }

        async Task<Switched> ReadAsync(string command)
        {
            var result = await demo.CommandAsync(service, command);
            Assert.True(result.Success, result.Message);
            Assert.StartsWith($"Connection tracing is {(command == TraceConnections ? "on" : "off")} in {service}", result.Message, StringComparison.Ordinal);
            return JsonSerializer.Deserialize<Switched>(result.Data!.Value, JsonSerializerOptions.Web)!;
        }
    }

    [Fact]
    public async Task Commands_of_a_stopped_service_are_disabled_and_say_so()
    {
        string[] commands = [TraceConnections, StopTracingConnections, RunFault];
        await demo.WaitForCommandsAsync(DemoApplication.Web, ResourceCommandState.Enabled, commands);

        await demo.StopAsync(DemoApplication.Web);
        try
        {
            await demo.WaitForCommandsAsync(DemoApplication.Web, ResourceCommandState.Disabled, commands);
            foreach (var command in commands)
            {
                var result = await demo.CommandAsync(DemoApplication.Web, command, command == RunFault ? [Input("small-pool")] : []);
                Assert.Equal((false, "webfrontend is not running. Start it, or wait until it has started."), (result.Success, result.Message));
            }
        }
        finally
        {
            await demo.StartAsync(DemoApplication.Web);
        }
    }

    [Fact]
    public async Task A_fault_runs_and_its_result_has_the_expected_cause_the_finding_and_the_trace()
    {
        var result = await demo.CommandAsync(DemoApplication.Web, RunFault, Input("small-pool"));

        Assert.True(result.Success, result.Message);
        Assert.Equal($"small-pool: {FindingCause.PoolSaturated}, as expected.", result.Message);
        var text = result.Data!.Value;
        Assert.Contains($"**{FindingCause.PoolSaturated}**: ", text, StringComparison.Ordinal);
        Assert.Contains("MaxConnectionsPerServer", text, StringComparison.Ordinal);
        Assert.Contains($"Expected cause: {FindingCause.PoolSaturated}.", text, StringComparison.Ordinal);
        Assert.Matches($"{demo.DashboardUrl}traces/detail/[0-9a-f]{{32}}$", text);
    }

    [Fact]
    public async Task An_unknown_fault_is_answered_with_the_names_of_all()
    {
        var result = await demo.CommandAsync(DemoApplication.Web, RunFault, Input("nonsense"));

        Assert.False(result.Success);
        Assert.All(FaultLabResourceBuilderExtensions.Scenarios, scenario => Assert.Contains(scenario, result.Message, StringComparison.Ordinal));
    }

    private Uri UrlOf(string service) => service == DemoApplication.Web ? demo.WebUrl : demo.ApiUrl;

    private static InteractionInput Input(string scenario) => new() { Name = Scenario, InputType = InputType.Choice, Value = scenario };

    /// <summary>The JSON of a switch command's result.</summary>
    private sealed record Switched(bool Enabled, DateTimeOffset? Until, Uri Report);
}
