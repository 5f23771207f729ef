using System.Diagnostics;
using ConnectionTracing;
using ConnectionTracing.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>The connection spans go where the application sends its traces, whichever way it is told to; where that is unknown, the log says so.</summary>
[Collection(NetworkSources.Name)]
public sealed class ExporterTests : IAsyncLifetime
{
    private readonly List<(LogLevel Level, string Message)> _log = [];
    private BodyCollector _collector = null!;
    private TestServer _server = null!;

    private Uri Endpoint => new(_collector.Url + "/code/v1/traces");

    /// <summary>Where the connection spans were sent to.</summary>
    private IEnumerable<string> PathsOfConnections =>
        _collector.Received.Where(message => message.Body.Contains("HTTP connection_setup", StringComparison.Ordinal)).Select(message => message.Path).Distinct();

    public static TheoryData<string> Orders => ["tracing first", "exporter first"];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Exporter_that_AddOtlpExporter_configures_in_code(string order)
    {
        await RunAsync(
            order,
            builder => builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("System.Net.Http").AddOtlpExporter(ToCollector)));

        Assert.Equal(["/code/v1/traces"], PathsOfConnections);
        Assert.DoesNotContain(_log, line => line.Level >= LogLevel.Warning);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Exporter_of_each_span_at_once_sees_complete_request_spans(string order)
    {
        var exported = new SpanCollector();
        await RunAsync(order, builder => builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("System.Net.Http").AddProcessor(exported.NewProcessor())));

        var request = Assert.Single(exported.Spans, span => span.Source == "System.Net.Http");
        Assert.False(request.Is("httpclient.connection.reused"));
    }

    [Fact]
    public async Task Exporters_are_told_apart_by_what_they_are_for_and_not_by_their_address()
    {
        await RunAsync(
            "exporter first",
            builder => builder.Services.AddOpenTelemetry()
                .WithMetrics(metrics => metrics.AddMeter("ConnectionTracing").AddOtlpExporter(otlp => To(otlp, "/m")))
                .WithLogging(logging => logging.AddOtlpExporter(otlp => To(otlp, "/l")))
                .WithTracing(tracing => tracing.AddSource("System.Net.Http").AddOtlpExporter(otlp => To(otlp, "/t"))));

        Assert.Equal(["/t"], PathsOfConnections);
        Assert.DoesNotContain(_log, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Exporter_of_logs_alone_gets_no_spans_and_is_told()
    {
        await RunAsync(
            "tracing first",
            builder => builder.Services.AddOpenTelemetry()
                .WithTracing(tracing => tracing.AddSource("System.Net.Http").AddProcessor(new SpanCollector().NewProcessor()))
                .WithLogging(logging => logging.AddOtlpExporter(otlp => To(otlp, "/ingest"))));

        Assert.Empty(PathsOfConnections);
        Assert.Contains("AddExporter", Assert.Single(_log, line => line.Level == LogLevel.Warning).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_for_traces_win_over_those_for_all_signals()
    {
        await RunAsync("exporter first", builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
            ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = Endpoint.ToString(),
            ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/protobuf",
        }));

        Assert.Equal(["/code/v1/traces"], PathsOfConnections);
    }

    [Fact]
    public async Task Exporter_of_any_kind_that_the_options_name()
    {
        var spans = new SpanCollector();
        await RunAsync("tracing first", _ => { }, options => options.AddExporter(_ => spans));

        Assert.Contains(spans.Spans, span => span.Name.StartsWith("HTTP connection_setup", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    // What the variable says is not where the application sends its traces.
    [InlineData("http://127.0.0.1:1")]
    public async Task Exporter_that_cannot_be_found_is_told_with_the_way_out(string? variable)
    {
        await RunAsync(
            "exporter first",
            builder =>
            {
                builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = variable;
                builder.Services.AddOpenTelemetry().UseOtlpExporter(OtlpExportProtocol.HttpProtobuf, new Uri(_collector.Url)).WithTracing();
            });

        var (_, message) = Assert.Single(_log, line => line.Level == LogLevel.Warning);
        Assert.Contains("builder.AddConnectionTracing(options => options.AddExporter(", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_exporters_for_traces_are_told_with_the_way_out()
    {
        await RunAsync(
            "exporter first",
            builder => builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
                .AddOtlpExporter("one", otlp => otlp.Endpoint = new Uri("http://127.0.0.1:1"))
                .AddOtlpExporter("other", otlp => otlp.Endpoint = new Uri("http://127.0.0.1:2"))));

        Assert.Contains("AddExporter", Assert.Single(_log, line => line.Level == LogLevel.Warning).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Application_that_exports_nothing_is_not_warned()
    {
        await RunAsync("exporter first", builder => builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("System.Net.Http")));

        Assert.DoesNotContain(_log, line => line.Level >= LogLevel.Warning);
        Assert.Single(_log, line => line.Level == LogLevel.Information && line.Message.Contains("OTEL_EXPORTER_OTLP_ENDPOINT is not set", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Processor_that_is_null_beside_one_that_fails_is_an_error_in_the_log_and_the_host_runs()
    {
        var request = await RunAsync("exporter first", _ => { }, options =>
        {
            options.AddExportProcessor(_ => new FailsToEnd());
            options.AddExportProcessor(_ => null!);
        });

        Assert.Equal("hello", request);
        Assert.Equal(["cannot end", "returned null"], _log.Where(line => line.Level == LogLevel.Error)
            .Select(line => new[] { "cannot end", "returned null" }.Single(part => line.Message.Contains(part, StringComparison.Ordinal))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Exporter_that_cannot_be_created_is_an_error_in_the_log_and_the_host_runs()
    {
        var request = await RunAsync("exporter first", _ => { }, options => options.AddExporter(_ => throw new InvalidOperationException("no exporter")));

        Assert.Equal("hello", request);
        var (_, message) = Assert.Single(_log, line => line.Level == LogLevel.Error);
        Assert.Contains("no exporter", message, StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _collector = await BodyCollector.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _collector.DisposeAsync();
    }

    private void ToCollector(OtlpExporterOptions otlp) => To(otlp, "/code/v1/traces");

    private void To(OtlpExporterOptions otlp, string path)
    {
        otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = new Uri(_collector.Url + path);
    }

    /// <summary>Runs a host that sends one request, to its end: everything has been exported then.</summary>
    private async Task<string> RunAsync(string order, Action<HostApplicationBuilder> addExporter, Action<ConnectionTracingOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Development", ApplicationName = "test" });
        builder.Logging.AddProvider(new Recorder(_log));

        if (order == "tracing first")
        {
            builder.AddConnectionTracing(configure);
            addExporter(builder);
        }
        else
        {
            addExporter(builder);
            builder.AddConnectionTracing(configure);
        }

        using var host = builder.Build();
        await host.StartAsync();
        using var client = new HttpClient();
        var answer = await client.GetStringAsync(_server.Url("/exported"));
        await host.StopAsync();
        await host.Services.GetRequiredService<TracingHostedService>().Sending;
        return answer;
    }

    private sealed class FailsToEnd : BaseProcessor<Activity>
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            throw new InvalidOperationException("cannot end");
        }
    }

    private sealed class Recorder(List<(LogLevel Level, string Message)> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (log)
            {
                log.Add((logLevel, formatter(state, exception) + exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
