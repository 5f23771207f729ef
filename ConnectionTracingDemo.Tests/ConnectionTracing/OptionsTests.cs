using ConnectionTracing;
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
        Assert.Equal(ConnectionTracingExport.All, options.Export);
        Assert.False(options.OtherConnections);
        Assert.Equal(TimeSpan.FromSeconds(1), options.SlowSetup);
        Assert.Equal(4096, options.MaxTrackedConnections);
        Assert.Equal(4096, options.MaxRememberedRequests);
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
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Code_has_the_last_word(bool before)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionTracing:SlowSetup"] = "00:00:05",
            ["ConnectionTracing:MaxTrackedConnections"] = "100",
        });

        if (before)
        {
            Configure();
        }

        builder.AddConnectionTracing();

        if (!before)
        {
            Configure();
        }

        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptions<ConnectionTracingOptions>>().Value;
        Assert.True(options.Enabled);
        Assert.True(options.RequestPhases);
        Assert.Equal(TimeSpan.FromSeconds(7), options.SlowSetup);
        Assert.Equal(100, options.MaxTrackedConnections);

        void Configure() => builder.Services.Configure<ConnectionTracingOptions>(options =>
        {
            options.Enabled = true;
            options.RequestPhases = true;
            options.SlowSetup = TimeSpan.FromSeconds(7);
        });
    }

    [Theory]
    [InlineData("Enabled", "yes", "true or false")]
    [InlineData("RequestPhases", "1", "true or false")]
    [InlineData("InlineSetup", "on", "true or false")]
    [InlineData("CaptureFor", "5", "a time from 00:00:01 to 1.00:00:00, or nothing")]
    [InlineData("CaptureFor", "00:00:00", "a time from 00:00:01 to 1.00:00:00, or nothing")]
    [InlineData("Export", "Some", "All or Linked")]
    [InlineData("Export", "1", "All or Linked")]
    [InlineData("OtherConnections", "some", "true or false")]
    [InlineData("SlowSetup", "-00:00:01", "a time from 00:00:00 to 01:00:00")]
    [InlineData("MaxTrackedConnections", "0", "a whole number from 16 to 1000000")]
    [InlineData("MaxTrackedConnections", "many", "a whole number from 16 to 1000000")]
    [InlineData("MaxRememberedRequests", "15", "a whole number from 16 to 1000000")]
    [InlineData("MaxRememberedRequests", "1000001", "a whole number from 16 to 1000000")]
    public async Task Wrong_value_stops_the_start(string key, string value, string allowed)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TracedHost.StartAsync(new Dictionary<string, string?> { [$"ConnectionTracing:{key}"] = value }));

        Assert.Equal([$"ConnectionTracing:{key} is '{value}', allowed is {allowed}."], failure.Failures);
        ProcessState.AssertNobodyListens();
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
        Assert.Contains("ConnectionTracing:SlowSetup is 'soon', allowed is a time from 00:00:00 to 01:00:00.", message, StringComparison.Ordinal);
        Assert.True(host.Switch.State.Enabled);
        Assert.Equal(TimeSpan.FromSeconds(2), host.Switch.State.Options.SlowSetup);

        host.Settings.Change("ConnectionTracing:SlowSetup", "00:00:03");
        Assert.Equal(TimeSpan.FromSeconds(3), host.Switch.State.Options.SlowSetup);
    }

    private static ConnectionTracingOptions Read(string environment, Dictionary<string, string?> section)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(section.ToDictionary(pair => "ConnectionTracing:" + pair.Key, pair => pair.Value));
        builder.AddConnectionTracing();
        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptions<ConnectionTracingOptions>>().Value;
    }
}
