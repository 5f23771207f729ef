using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ConnectionTracing;
using ConnectionTracing.Export;
using ConnectionTracing.Hosting;
using ConnectionTracing.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using static ConnectionTracing.Model.AttributeNames;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

[Collection(NetworkSources.Name)]
public sealed class SwitchTests
{
    [Fact]
    public async Task Off_by_default_outside_development_and_then_nobody_listens()
    {
        await using var host = await TracedHost.StartAsync(environment: "Production");
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await client.GetStringAsync(server.Url("/production"));

        var span = await host.RequestTo("/production");
        Assert.Empty(span.Links);
        Assert.False(span.Has(QueueDuration));
        ProcessState.AssertNobodyListens();
    }

    [Fact]
    public async Task Configuration_switches_while_the_host_runs()
    {
        await using var host = await TracedHost.StartAsync(environment: "Production");
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        host.Settings.Change("ConnectionTracing:Enabled", "true");
        await client.GetStringAsync(server.Url("/on"));
        var on = await host.RequestTo("/on");
        Assert.False(on.Is(ConnectionReused));
        Assert.False(on.Has(SendDuration));

        host.Settings.Change("ConnectionTracing:RequestPhases", "true");
        await client.GetStringAsync(server.Url("/phases"));
        Assert.True((await host.RequestTo("/phases")).Has(SendDuration));

        host.Settings.Change("ConnectionTracing:Enabled", "false");
        ProcessState.AssertNobodyListens();
    }

    [Fact]
    public async Task Switched_on_for_a_time_it_switches_itself_off()
    {
        var time = new ManualTime();
        await using var host = await TracedHost.StartAsync(
            new Dictionary<string, string?> { ["ConnectionTracing:CaptureFor"] = "00:10:00" },
            environment: "Production",
            configure: services => services.AddSingleton<TimeProvider>(time));

        host.Switch.TurnOn(null);
        Assert.Equal(time.GetUtcNow() + TimeSpan.FromMinutes(10), host.Switch.State.Until);

        // A later command replaces the time.
        time.Advance(TimeSpan.FromMinutes(9));
        host.Switch.TurnOn(TimeSpan.FromMinutes(5));
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.True(host.Switch.State.Enabled);
        Assert.Equal(1, time.Timers);

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(host.Switch.State.Enabled);
        Assert.Null(host.Switch.State.Until);
        Assert.Equal(0, time.Timers);
        ProcessState.AssertNobodyListens();
    }

    [Fact]
    public async Task Timer_does_not_keep_the_trace_of_the_command()
    {
        var log = new ActivityOfLog("Connection tracing is off.");
        await using var host = await TracedHost.StartAsync(environment: "Production", configure: services => services.AddSingleton<ILoggerProvider>(log));
        using var command = new Activity("command").Start();

        host.Switch.TurnOn(TimeSpan.FromMilliseconds(1));

        Assert.Null(await log.Activity.Task.Soon());
        Assert.False(ExecutionContext.IsFlowSuppressed());
    }

    [Fact]
    public async Task Tracing_by_configuration_stays_on_until_configuration_says_otherwise()
    {
        var time = new ManualTime();
        await using var host = await TracedHost.StartAsync(
            new Dictionary<string, string?> { ["ConnectionTracing:CaptureFor"] = "00:10:00" },
            configure: services => services.AddSingleton<TimeProvider>(time));

        Assert.True(host.Switch.State.Enabled);
        Assert.Null(host.Switch.State.Until);

        // A command stays in force through a reload that does not change Enabled.
        host.Switch.TurnOff();
        host.Settings.Change("ConnectionTracing:InlineSetup", "false");
        Assert.False(host.Switch.State.Enabled);

        host.Settings.Change("ConnectionTracing:Enabled", "false");
        host.Settings.Change("ConnectionTracing:Enabled", "true");
        Assert.Equal(time.GetUtcNow() + TimeSpan.FromMinutes(10), host.Switch.State.Until);
    }

    [Fact]
    public async Task Hosts_in_one_process_do_not_disturb_each_other()
    {
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        await using var one = await TracedHost.StartAsync();

        await using (var other = await TracedHost.StartAsync())
        {
            await client.GetStringAsync(server.Url("/both"));

            foreach (var span in new[] { await one.RequestTo("/both"), await other.RequestTo("/both") })
            {
                Assert.False(span.Is(ConnectionReused));
                Assert.True(span.Has(SetupDuration));
            }

            Assert.Equal(2, (await one.Requests.WaitFor(span => span.Name.StartsWith("DNS lookup", StringComparison.Ordinal) || span.Name.StartsWith("socket", StringComparison.Ordinal), 2)).Count);
        }

        await client.GetStringAsync(server.Url("/one"));
        Assert.True((await one.RequestTo("/one")).Is(ConnectionReused));
    }

    [Fact]
    public async Task No_exporter_is_created_where_the_SDK_is_disabled()
    {
        var created = 0;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["OTEL_SDK_DISABLED"] = "true" });
        builder.AddConnectionTracing(options => options.AddExportProcessor(_ =>
        {
            created++;
            return new SpanCollector().NewProcessor();
        }));
        using var host = builder.Build();
        await host.StartAsync();

        var tracing = host.Services.GetRequiredService<TracingSwitch>();
        Assert.True(tracing.State.Enabled);
        tracing.TurnOff();
        tracing.TurnOn(null);

        Assert.Equal(0, created);
        Assert.Null(host.Services.GetRequiredService<CurrentExport>().Processor);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stop_does_not_wait_for_a_collector_that_never_answers(bool cancelled)
    {
        var exporter = new BlackHole();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Development" });
        builder.AddConnectionTracing(options => options.AddExportProcessor(_ => exporter));
        using var host = builder.Build();
        await host.StartAsync();
        var tracing = host.Services.GetRequiredService<TracingHostedService>();

        try
        {
            // On a thread of its own, so that a stop that blocks fails the test and does not hang it.
            await Task.Run(() => tracing.StopAsync(new CancellationToken(cancelled))).Soon();
            await exporter.Asked.Task.Soon();
            Assert.False(tracing.Sending.IsCompleted);
            Assert.Null(TracingSubscription.Tracker);
        }
        finally
        {
            exporter.Answer.SetResult();
        }

        await tracing.Sending.Soon();
        ProcessState.AssertNobodyListens();
    }

    [Fact]
    public async Task Stop_during_a_reload_ends()
    {
        using var release = new ManualResetEventSlim();
        var reloading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = false;
        var host = await TracedHost.StartAsync(configure: services => services.Configure<ConnectionTracingOptions>(_ =>
        {
            if (Volatile.Read(ref started))
            {
                reloading.TrySetResult();
                release.Wait();
            }
        }));
        Volatile.Write(ref started, true);

        var reload = Task.Run(() => host.Settings.Change("ConnectionTracing:InlineSetup", "false"));
        await reloading.Task.Soon();
        var stop = Task.Run(() => host.DisposeAsync().AsTask());

        // The stop is to come before the end of the reload; if it does not, the test says less.
        await Task.WhenAny(stop, Task.Delay(TimeSpan.FromMilliseconds(300)));
        release.Set();

        await Task.WhenAll(reload, stop).Soon();
        ProcessState.AssertNobodyListens();
    }

    [Fact]
    public async Task Failure_inside_is_logged_once_and_stays_inside()
    {
        await using var host = await TracedHost.StartAsync();

        TracingSubscription.Tracker!.Observers.Report(new InvalidOperationException("first"));
        TracingSubscription.Tracker!.Observers.Report(new InvalidOperationException("second"));

        var (_, message) = Assert.Single(host.Log, line => line.Level == LogLevel.Error);
        Assert.Contains("first", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logger_that_fails_does_not_keep_the_switch_from_switching()
    {
        var time = new ManualTime();
        await using var host = await TracedHost.StartAsync(environment: "Production", configure: services =>
            services.AddSingleton<TimeProvider>(time).AddSingleton<ILoggerProvider>(new FailingLogger<TracingSwitch>()));

        host.Switch.TurnOn(TimeSpan.FromMinutes(1));
        Assert.True(host.Switch.State.Enabled);

        // On a thread where nobody catches what is thrown.
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(host.Switch.State.Enabled);

        host.Settings.Change("ConnectionTracing:Enabled", "perhaps");
        host.Settings.Change("ConnectionTracing:Enabled", "true");
        Assert.True(host.Switch.State.Enabled);
    }

    [Fact]
    public async Task Exporter_that_cannot_be_created_is_not_taken_for_a_wrong_setting()
    {
        await using var host = await TracedHost.StartAsync(environment: "Production", configure: services =>
            services.Configure<ConnectionTracingOptions>(options => options.AddExporter(_ => throw new InvalidOperationException("no exporter"))));

        host.Settings.Change("ConnectionTracing:Enabled", "true");

        Assert.True(host.Switch.State.Options.Enabled);
        Assert.DoesNotContain(host.Log, line => line.Message.Contains("refused", StringComparison.Ordinal));
        Assert.Contains("no exporter", Assert.Single(host.Log, line => line.Level == LogLevel.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_shows_connections_and_switches()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = await StartAppAsync();
        using var client = new HttpClient();
        var endpoint = app.Urls.Single() + "/connection-tracing";

        await client.GetStringAsync(server.Url("/shown"));
        await client.GetStringAsync(server.Url("/shown"));

        var state = (await client.GetFromJsonAsync<JsonObject>(endpoint))!;
        Assert.True(state["enabled"]!.GetValue<bool>());
        Assert.Equal("All", state["export"]!.GetValue<string>());

        var connection = state["connections"]!.AsArray().Single(entry => entry!["port"]!.GetValue<int>() == server.Port)!;
        Assert.Equal("localhost", connection["address"]!.GetValue<string>());
        Assert.True(connection["setup"]!.GetValue<double>() > 0);
        Assert.Equal(["dns", "tcp"], connection["phases"]!.AsArray().Select(phase => phase!["name"]!.GetValue<string>()).Where(name => name != "other"));
        Assert.Equal(2, connection["served"]!.GetValue<int>());
        var requests = connection["requests"]!.AsArray();
        Assert.Equal(2, requests.Count);
        Assert.Equal(connection["initiatedBy"]!["spanId"]!.GetValue<string>(), requests[1]!["spanId"]!.GetValue<string>());

        using var off = await client.PostAsJsonAsync(endpoint, new { enabled = false });
        Assert.False((await off.Content.ReadFromJsonAsync<JsonObject>())!["enabled"]!.GetValue<bool>());
        ProcessState.AssertNobodyListens();

        using var on = await client.PostAsync(endpoint, Json("""{"enabled": true, "for": "00:05:00"}"""));
        Assert.NotNull((await on.Content.ReadFromJsonAsync<JsonObject>())!["until"]);
    }

    [Theory]
    [InlineData("""{"enabled": "yes"}""", "Send JSON")]
    [InlineData("""{"enabled": true, "for": "forever"}""", "for is 'forever', allowed is a time from 00:00:01 to 1.00:00:00.")]
    [InlineData("""{"enabled": true, "for": "\ud800"}""", "Send JSON")]
    [InlineData("nonsense", "Send JSON")]
    public async Task Endpoint_says_what_it_wants(string body, string expected)
    {
        await using var app = await StartAppAsync();
        using var client = new HttpClient();

        using var answer = await client.PostAsync(app.Urls.Single() + "/connection-tracing", Json(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonObject>();
        Assert.StartsWith(expected, problem!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_reads_no_more_than_a_command()
    {
        await using var app = await StartAppAsync();
        using var client = new HttpClient();

        // A command that would be fine, but for the blanks after it.
        using var request = new HttpRequestMessage(HttpMethod.Post, app.Urls.Single() + "/connection-tracing") { Content = Json("""{"enabled": false}""".PadRight(2000)) };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(app.Services.GetRequiredService<TracingSwitch>().State.Enabled);
    }

    [Fact]
    public void Endpoint_needs_connection_tracing()
    {
        var app = WebApplication.CreateSlimBuilder().Build();

        var failure = Assert.Throws<InvalidOperationException>(() => app.MapConnectionTracing());
        Assert.Contains("AddConnectionTracing", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAppAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddConnectionTracing();
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("System.Net.Http"));
        var app = builder.Build();
        app.MapConnectionTracing();
        await app.StartAsync();
        return app;
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    /// <summary>Notes within which activity a line was logged.</summary>
    private sealed class ActivityOfLog(string line) : ILoggerProvider, ILogger
    {
        public TaskCompletionSource<Activity?> Activity { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception) == line)
            {
                Activity.TrySetResult(System.Diagnostics.Activity.Current);
            }
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Takes as long to shut down as the test wants.</summary>
    private sealed class BlackHole : BaseProcessor<Activity>
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override bool OnShutdown(int timeoutMilliseconds)
        {
            Asked.SetResult();
            Answer.Task.GetAwaiter().GetResult();
            return true;
        }
    }
}
