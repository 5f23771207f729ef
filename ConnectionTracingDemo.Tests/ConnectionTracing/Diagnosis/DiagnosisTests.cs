using System.Diagnostics;
using ConnectionTracing;
using ConnectionTracing.Diagnosis;
using ConnectionTracingDemo.Tests.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Diagnosis;

/// <summary>When findings are told, and when not.</summary>
[Collection(NetworkSources.Name)]
public sealed class DiagnosisTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 16)]
    [InlineData(2, 16)]
    public async Task Healthy_traffic_has_no_finding(int version, int concurrency)
    {
        // The counts are at their defaults; of the times, a machine that stalls crosses any that is as short as these.
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = await TestServer.StartAsync(version == 2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 16 })
        {
            DefaultRequestVersion = new Version(version, version == 2 ? 0 : 1),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var left = 10_000;

        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                Assert.Equal("hello", await client.GetStringAsync($"http://127.0.0.1:{server.Port}/healthy"));
            }
        })));

        Assert.Equal(10_000, (await host.RequestsTo("/healthy", 10_000)).Count);
        Assert.Empty(host.Findings());
        Assert.Empty(host.Warnings);
    }

    [Fact]
    public async Task Told_once_and_again_after_a_while()
    {
        var time = new ManualTime();
        await using var host = await DiagnosedHost.StartAsync(configure: services => services.AddSingleton<TimeProvider>(time));
        var port = FreePort.Find();
        var other = FreePort.Find();

        await Refused(port);
        await Refused(port);
        Assert.Equal([port], host.Findings().Select(finding => finding.Port!.Value));

        await Refused(other);
        Assert.Equal([port, other], host.Findings().Select(finding => finding.Port!.Value));

        time.Advance(TimeSpan.FromMinutes(1));
        await Refused(port);
        Assert.Equal([port, other, port], host.Findings().Select(finding => finding.Port!.Value));
        Assert.Equal(3, host.Warnings.Count);

        // A pool whose last attempt failed may open the next connection on behalf of no request in particular.
        static async Task Refused(int port)
        {
            using var client = new HttpClient();
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://127.0.0.1:{port}/refused"));
        }
    }

    [Fact]
    public void Memory_of_what_was_told_is_bounded()
    {
        var time = new ManualTime();
        var said = new FindingThrottle(time);
        var minute = TimeSpan.FromMinutes(1);

        for (var port = 1; port <= 1000; port++)
        {
            Assert.True(said.MayReport("host", port, FindingCause.SlowServer, minute));
        }

        Assert.False(said.MayReport("host", 1001, FindingCause.SlowServer, minute));
        Assert.Equal(1000, said.Count);

        time.Advance(minute);
        Assert.True(said.MayReport("host", 1001, FindingCause.SlowServer, minute));
        Assert.Equal(1, said.Count);
    }

    [Theory]
    [InlineData("Diagnosis:Enabled")]
    [InlineData("Enabled")]
    public async Task Off(string switched)
    {
        await using var host = await DiagnosedHost.StartAsync(settings: (switched, "false"));
        using var client = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://127.0.0.1:{FreePort.Find()}/refused"));
        Assert.Empty(host.Findings());
        Assert.Empty(host.Warnings);

        host.Settings.Change("ConnectionTracing:" + switched, "true");
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://127.0.0.1:{FreePort.Find()}/refused"));
        Assert.Single(host.Findings());
    }

    [Fact]
    public async Task Each_host_tells_when_it_traces_and_the_span_says_it_once()
    {
        await using var one = await DiagnosedHost.StartAsync();
        await using var other = await DiagnosedHost.StartAsync();
        await using var silent = await DiagnosedHost.StartAsync(settings: ("Enabled", "false"));
        using var client = new HttpClient();
        var port = FreePort.Find();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://127.0.0.1:{port}/refused"));

        await one.AssertOnly(FindingCause.ConnectionRefused, port);
        await other.AssertOnly(FindingCause.ConnectionRefused, port);
        Assert.Empty(silent.Warnings);
    }

    [Fact]
    public async Task Requests_that_nobody_records_are_not_examined()
    {
        await using var host = await TracedHost.StartAsync(sampler: new AlwaysOffSampler());
        using var client = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://127.0.0.1:{FreePort.Find()}/refused"));

        Assert.Empty(host.Warnings);
    }

    [Fact]
    public async Task Trace_has_its_findings()
    {
        await using var host = await DiagnosedHost.StartAsync();
        using var client = new HttpClient();
        using var parent = new Activity("parent") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://127.0.0.1:{FreePort.Find()}/refused"));

        Assert.Equal(FindingCause.ConnectionRefused, Assert.Single(host.Monitor().GetTrace(parent.TraceId.ToHexString()).Findings).Cause);
        Assert.Empty(host.Monitor().GetTrace(ActivityTraceId.CreateRandom().ToHexString()).Findings);
    }

    [Fact]
    public async Task Logger_that_fails_does_not_fail_the_request()
    {
        await using var host = await DiagnosedHost.StartAsync(configure: services => services.AddSingleton<ILoggerProvider>(new FailingLogger()));
        using var client = new HttpClient();

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://127.0.0.1:{FreePort.Find()}/refused"));

        Assert.Equal(HttpRequestError.ConnectionError, failure.HttpRequestError);
        Assert.Equal("connection_error", (await host.RequestTo("/refused")).Tags["error.type"]);
    }

    [Theory]
    [InlineData("true")]
    // Then nobody says which connections are closed.
    [InlineData("false")]
    public async Task Hosts_are_watched_up_to_a_number_and_old_ones_make_room(string requestPhases)
    {
        await using var host = await DiagnosedHost.StartAsync(settings: ("RequestPhases", requestPhases));
        using var client = new HttpClient(MemoryTransport.NewHandler(requestsPerConnection: 1));

        for (var i = 0; i < 600; i++)
        {
            await client.GetStringAsync($"http://host{i}/");
        }

        Assert.InRange(host.Switch.Observers.Diagnosis.Hosts.Count, 1, 256);
        Assert.True(host.Switch.Observers.Diagnosis.Hosts.TryGet("host599", 80, out _));
    }

    [Fact]
    public async Task Wrong_value_set_by_code_stops_the_start()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TracedHost.StartAsync(configure: services => services.Configure<ConnectionTracingOptions>(options => options.Diagnosis.SlowTls = TimeSpan.FromDays(1))));

        Assert.Equal("ConnectionTracing:Diagnosis:SlowTls is '1.00:00:00', allowed is a time from 00:00:00 to 01:00:00.", failure.Message);
    }

    [Fact]
    public async Task Every_setting_is_read()
    {
        var settings = typeof(ConnectionTracingDiagnosisOptions).GetProperties().ToDictionary(
            property => $"ConnectionTracing:Diagnosis:{property.Name}",
            property => (string?)(property.PropertyType == typeof(bool) ? "false" : property.PropertyType == typeof(int) ? "7" : "00:00:07"));
        await using var host = await TracedHost.StartAsync(settings);

        var read = host.Switch.State.Options.Diagnosis;
        Assert.All(typeof(ConnectionTracingDiagnosisOptions).GetProperties(), property =>
            Assert.True(property.GetValue(read) is false or 7 || Equals(property.GetValue(read), TimeSpan.FromSeconds(7)), property.Name));
    }

    private sealed class FailingLogger : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
            {
                throw new InvalidOperationException("no");
            }
        }

        public void Dispose()
        {
        }
    }
}
