using ConnectionTracing;
using ConnectionTracing.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

[Collection(NetworkSources.Name)]
public sealed class OptionsTests
{
    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    public void Defaults(string environment, bool on)
    {
        var options = Read(environment, []);

        Assert.Equal(on, options.Enabled);
        Assert.Equal(on, options.RequestPhases);
        Assert.True(options.InlineSetup);
        Assert.Null(options.CaptureFor);
        Assert.Equal(on ? ConnectionTracingExport.All : ConnectionTracingExport.Linked, options.Export);
        Assert.False(options.OtherConnections);
        Assert.Equal(TimeSpan.FromSeconds(1), options.SlowSetup);
        Assert.Equal(4096, options.MaxTrackedConnections);
        Assert.Equal(4096, options.MaxRememberedRequests);
        Assert.Null(options.MaxPathSegments);
        Assert.Empty(options.Page.Services);
        Assert.Null(options.Page.DashboardUrl);
    }

    [Fact]
    public void Every_setting_is_read()
    {
        var options = Read("Production", new()
        {
            ["Enabled"] = "true",
            ["RequestPhases"] = "True",
            ["InlineSetup"] = "false",
            ["CaptureFor"] = "00:05:00",
            ["Export"] = "linked",
            ["OtherConnections"] = "true",
            ["SlowSetup"] = "00:00:00.250",
            ["MaxTrackedConnections"] = "100",
            ["MaxRememberedRequests"] = "200",
            ["MaxPathSegments"] = "2",
            ["Diagnosis:SlowDns"] = "00:00:02",
            ["Page:Services:apiservice"] = "https+http://apiservice",
            ["Page:Services:stock"] = "https://localhost:7480",
            ["Page:DashboardUrl"] = "https://localhost:17180",
        });

        Assert.True(options.Enabled);
        Assert.True(options.RequestPhases);
        Assert.False(options.InlineSetup);
        Assert.Equal(TimeSpan.FromMinutes(5), options.CaptureFor);
        Assert.Equal(ConnectionTracingExport.Linked, options.Export);
        Assert.True(options.OtherConnections);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.SlowSetup);
        Assert.Equal(100, options.MaxTrackedConnections);
        Assert.Equal(200, options.MaxRememberedRequests);
        Assert.Equal(2, options.MaxPathSegments);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Diagnosis.SlowDns);
        Assert.Equal([("apiservice", "https+http://apiservice"), ("stock", "https://localhost:7480")], options.Page.Services.Select(service => (service.Key, service.Value)).Order());
        Assert.Equal("https://localhost:17180", options.Page.DashboardUrl);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Code_comes_after_the_section(bool asArgument)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionTracing:SlowSetup"] = "00:00:05",
            ["ConnectionTracing:MaxTrackedConnections"] = "100",
        });

        builder.AddConnectionTracing(asArgument ? Configure : null);
        if (!asArgument)
        {
            builder.Services.Configure<ConnectionTracingOptions>(Configure);
        }

        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptions<ConnectionTracingOptions>>().Value;
        Assert.True(options.Enabled);
        Assert.True(options.RequestPhases);
        Assert.Equal(TimeSpan.FromSeconds(7), options.SlowSetup);
        Assert.Equal(100, options.MaxTrackedConnections);

        static void Configure(ConnectionTracingOptions options)
        {
            options.Enabled = true;
            options.RequestPhases = true;
            options.SlowSetup = TimeSpan.FromSeconds(7);
        }
    }

    [Theory]
    [InlineData("CaptureFor", "5", "5.00:00:00", "a time from 00:00:01 to 1.00:00:00, or nothing")]
    [InlineData("CaptureFor", "00:00:00", "00:00:00", "a time from 00:00:01 to 1.00:00:00, or nothing")]
    [InlineData("Export", "7", "7", "All or Linked")]
    [InlineData("SlowSetup", "-00:00:01", "-00:00:01", "a time from 00:00:00 to 01:00:00")]
    [InlineData("MaxTrackedConnections", "0", "0", "a whole number from 16 to 1000000")]
    [InlineData("MaxRememberedRequests", "15", "15", "a whole number from 16 to 1000000")]
    [InlineData("MaxRememberedRequests", "1000001", "1000001", "a whole number from 16 to 1000000")]
    [InlineData("MaxPathSegments", "-1", "-1", "a whole number from 0 to 100, or nothing")]
    [InlineData("Diagnosis:RepeatAfter", "00:00:00", "00:00:00", "a time from 00:00:01 to 1.00:00:00")]
    [InlineData("Diagnosis:Queue", "02:00:00", "02:00:00", "a time from 00:00:00 to 01:00:00")]
    [InlineData("Diagnosis:SlowDns", "-00:00:01", "-00:00:01", "a time from 00:00:00 to 01:00:00")]
    [InlineData("Diagnosis:QueuedDns", "1", "1.00:00:00", "a time from 00:00:00 to 01:00:00")]
    [InlineData("Diagnosis:SlowConnect", "1", "1.00:00:00", "a time from 00:00:00 to 01:00:00")]
    [InlineData("Diagnosis:FailedAddress", "1", "1.00:00:00", "a time from 00:00:00 to 01:00:00")]
    [InlineData("Diagnosis:SlowTls", "1", "1.00:00:00", "a time from 00:00:00 to 01:00:00")]
    [InlineData("Diagnosis:SlowServer", "1", "1.00:00:00", "a time from 00:00:00 to 01:00:00")]
    [InlineData("Diagnosis:SlowBody", "1", "1.00:00:00", "a time from 00:00:00 to 01:00:00")]
    [InlineData("Diagnosis:BurstConnections", "1", "1", "a whole number from 2 to 10000")]
    [InlineData("Diagnosis:ChurnConnections", "33", "33", "a whole number from 3 to 32")]
    public async Task Value_out_of_range_stops_the_start(string key, string value, string shown, string allowed)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(key, value));

        Assert.Equal([$"ConnectionTracing:{key} is '{shown}', allowed is {allowed}."], failure.Failures);
        ProcessState.AssertNobodyListens();
    }

    [Theory]
    [InlineData("Services:apiservice", "apiservice")]
    [InlineData("Services:apiservice", "/apiservice")]
    [InlineData("Services:apiservice", "localhost:7480")]
    [InlineData("Services:apiservice", "ftp://apiservice")]
    [InlineData("Services:apiservice", "https://")]
    [InlineData("Services:apiservice", "https://user:password@apiservice")]
    [InlineData("Services:apiservice", "https://apiservice?x=1")]
    [InlineData("DashboardUrl", "localhost:17180")]
    [InlineData("DashboardUrl", "ftp://localhost")]
    [InlineData("DashboardUrl", ";")]
    [InlineData("DashboardUrl", "nonsense;https://localhost:17180")]
    public async Task Wrong_address_stops_the_start(string key, string value)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync($"Page:{key}", value));

        var allowed = key == "DashboardUrl"
            ? "an absolute http or https address, such as https://localhost:17180"
            : "an absolute address with the scheme http, https, http+https or https+http, such as https+http://apiservice or https://localhost:7480";
        Assert.Equal([$"ConnectionTracing:Page:{key} is '{value}', allowed is {allowed}."], failure.Failures);
    }

    [Fact]
    public async Task Too_many_services_stop_the_start()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => TracedHost.StartAsync(
            Enumerable.Range(0, 51).ToDictionary(number => $"ConnectionTracing:Page:Services:service{number}", number => (string?)$"http://service{number}")));

        Assert.Equal("ConnectionTracing:Page:Services is '51 services', allowed is up to 50.", failure.Message);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("https://localhost:17180", "https://localhost:17180")]
    [InlineData("https://localhost:17180/", "https://localhost:17180")]
    [InlineData("https://localhost:17180;http://localhost:15180", "https://localhost:17180")]
    [InlineData("https://localhost:17180/login?t=0123abc", "https://localhost:17180")]
    [InlineData("https://example.com/dashboard", "https://example.com/dashboard")]
    [InlineData("https://example.com/dashboard/login?t=0123abc", "https://example.com/dashboard")]
    public void Dashboard_is_the_first_address_without_its_token(string? value, string? dashboard) =>
        Assert.Equal(dashboard, new ConnectionTracingPageOptions { DashboardUrl = value }.Dashboard);

    [Theory]
    [InlineData("Enabled", "yes", "System.Boolean")]
    [InlineData("RequestPhases", "1", "System.Boolean")]
    [InlineData("CaptureFor", "forever", "TimeSpan")]
    [InlineData("Export", "Some", "ConnectionTracingExport")]
    [InlineData("MaxTrackedConnections", "many", "Int32")]
    [InlineData("Diagnosis:Enabled", "yes", "System.Boolean")]
    [InlineData("Diagnosis:SlowDns", "soon", "System.TimeSpan")]
    public async Task Value_of_another_type_stops_the_start(string key, string value, string type)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(key, value));

        Assert.StartsWith($"Failed to convert configuration value '{value}' at 'ConnectionTracing:{key}' to type '", failure.Message, StringComparison.Ordinal);
        Assert.Contains(type, failure.Message, StringComparison.Ordinal);
        ProcessState.AssertNobodyListens();
    }

    [Fact]
    public async Task Monitor_of_the_options_sees_a_reload()
    {
        await using var host = await TracedHost.StartAsync();
        var options = host.Services.GetRequiredService<IOptionsMonitor<ConnectionTracingOptions>>();
        Assert.Equal(TimeSpan.FromSeconds(1), options.CurrentValue.SlowSetup);

        host.Settings.Change("ConnectionTracing:SlowSetup", "00:00:03");

        Assert.Equal(TimeSpan.FromSeconds(3), options.CurrentValue.SlowSetup);
    }

    [Fact]
    public async Task Second_call_adds_to_the_first()
    {
        var (one, other) = (new SpanCollector(), new SpanCollector());
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Development" });
        builder.AddConnectionTracing(options => options.AddExportProcessor(_ => one.NewProcessor()));
        builder.AddConnectionTracing(options => options.AddExportProcessor(_ => other.NewProcessor()));
        builder.AddConnectionTracing();
        using var host = builder.Build();
        await host.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await client.GetStringAsync(server.Url("/both"));

        Assert.Single(await one.WaitFor(span => span.Name.StartsWith("HTTP connection_setup", StringComparison.Ordinal)));
        Assert.Single(await other.WaitFor(span => span.Name.StartsWith("HTTP connection_setup", StringComparison.Ordinal)));
        Assert.Single(host.Services.GetServices<IHostedService>().OfType<TracingHostedService>());
        await host.StopAsync();
    }

    [Fact]
    public async Task Wrong_value_set_by_code_stops_the_start()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TracedHost.StartAsync(configure: services => services.Configure<ConnectionTracingOptions>(options => options.MaxTrackedConnections = 1)));

        Assert.Equal("ConnectionTracing:MaxTrackedConnections is '1', allowed is a whole number from 16 to 1000000.", failure.Message);
    }

    [Fact]
    public async Task Wrong_value_in_a_reload_is_refused_and_the_old_setting_stays()
    {
        await using var host = await TracedHost.StartAsync(new Dictionary<string, string?> { ["ConnectionTracing:SlowSetup"] = "00:00:02" });

        host.Settings.Change("ConnectionTracing:SlowSetup", "soon");

        var (_, message) = Assert.Single(host.Log, line => line.Level == LogLevel.Warning);
        Assert.Contains("'soon' at 'ConnectionTracing:SlowSetup'", message, StringComparison.Ordinal);
        Assert.True(host.Switch.State.Enabled);
        Assert.Equal(TimeSpan.FromSeconds(2), host.Switch.State.Options.SlowSetup);

        host.Settings.Change("ConnectionTracing:SlowSetup", "00:00:03");
        Assert.Equal(TimeSpan.FromSeconds(3), host.Switch.State.Options.SlowSetup);
    }

    private static async Task StartAsync(string key, string value) =>
        await (await TracedHost.StartAsync(new Dictionary<string, string?> { [$"ConnectionTracing:{key}"] = value })).DisposeAsync();

    private static ConnectionTracingOptions Read(string environment, Dictionary<string, string?> section)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(section.ToDictionary(pair => "ConnectionTracing:" + pair.Key, pair => pair.Value));
        builder.AddConnectionTracing();
        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptions<ConnectionTracingOptions>>().Value;
    }
}
