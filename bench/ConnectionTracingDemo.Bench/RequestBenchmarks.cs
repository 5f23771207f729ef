using System.Diagnostics;
using System.Diagnostics.Tracing;
using BenchmarkDotNet.Attributes;
using ConnectionTracing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Bench;

/// <summary>
/// What one request costs under each subscription, compared with the snippet that the documentation gives for connection
/// tracing. Each runs in a process of its own, because the subscriptions are process-wide.
/// </summary>
[MemoryDiagnoser(displayGenColumns: false)]
[MinColumn]
[HideColumns("Error", "StdDev", "RatioSD", "Median")]
public class RequestBenchmarks : IDisposable
{
    private static readonly string[] Experimental =
    [
        "Experimental.System.Net.Http.Connections",
        "Experimental.System.Net.NameResolution",
        "Experimental.System.Net.Sockets",
        "Experimental.System.Net.Security",
    ];

    private static readonly Uri Url = new("http://memory/bench");

    private HttpClient _client = null!;
    private IDisposable? _subscription;
    private EventListener? _listener;

    [Params(Scenario.Warm, Scenario.WarmBuffered, Scenario.Cold, Scenario.Concurrent)]
    public Scenario Scenario { get; set; }

    [GlobalSetup(Target = nameof(Nothing))]
    public void SetupNothing() => Setup(null);

    [GlobalSetup(Target = nameof(SystemNetHttp))]
    public void SetupSystemNetHttp() => Setup(Sdk.CreateTracerProviderBuilder().AddSource("System.Net.Http").Build());

    [GlobalSetup(Target = nameof(DocumentedSnippet))]
    public void SetupDocumentedSnippet() => Setup(Sdk.CreateTracerProviderBuilder().AddSource("System.Net.Http").AddSource(Experimental).Build());

    [GlobalSetup(Target = nameof(SnippetAndEventListener))]
    public void SetupSnippetAndEventListener()
    {
        SetupDocumentedSnippet();
        _listener = new NoListener();
    }

    [GlobalSetup(Target = nameof(ConnectionTracing))]
    public void SetupConnectionTracing() => Setup(StartHost(enabled: true, requestPhases: false));

    [GlobalSetup(Target = nameof(WithRequestPhases))]
    public void SetupWithRequestPhases() => Setup(StartHost(enabled: true, requestPhases: true));

    [GlobalSetup(Target = nameof(WithoutDiagnosis))]
    public void SetupWithoutDiagnosis() => Setup(StartHost(enabled: true, requestPhases: true, diagnosis: false));

    [GlobalSetup(Target = nameof(WithMonitor))]
    public void SetupWithMonitor()
    {
        var host = StartHost(enabled: true, requestPhases: true);
        host.Services.GetRequiredService<IConnectionTracingMonitor>();
        Setup(host);
    }

    [GlobalSetup(Target = nameof(SwitchedOff))]
    public void SetupSwitchedOff() => Setup(StartHost(enabled: false, requestPhases: false));

    [Benchmark]
    public Task Nothing() => Run();

    [Benchmark]
    public Task SystemNetHttp() => Run();

    [Benchmark(Baseline = true)]
    public Task DocumentedSnippet() => Run();

    /// <summary>The least that anything with the events of System.Net.Http can cost.</summary>
    [Benchmark]
    public Task SnippetAndEventListener() => Run();

    [Benchmark]
    public Task ConnectionTracing() => Run();

    [Benchmark]
    public Task WithRequestPhases() => Run();

    /// <summary>RequestPhases, and nobody looks for faults.</summary>
    [Benchmark]
    public Task WithoutDiagnosis() => Run();

    /// <summary>RequestPhases, and somebody has asked for the requests: they are remembered.</summary>
    [Benchmark]
    public Task WithMonitor() => Run();

    [Benchmark]
    public Task SwitchedOff() => Run();

    /// <summary>The instrumentation package in place of the source System.Net.Http.</summary>
    [GlobalSetup(Target = nameof(InstrumentationHttp))]
    public void SetupInstrumentationHttp() => Setup(Sdk.CreateTracerProviderBuilder().AddHttpClientInstrumentation().AddSource(Experimental).Build());

    [Benchmark]
    public Task InstrumentationHttp() => Run();

    /// <summary>The documented snippet, and a client of IHttpClientFactory as <see cref="HttpDiagnostics"/> needs one.</summary>
    [GlobalSetup(Target = nameof(FactoryClient))]
    public void SetupFactoryClient() => SetupFactory(_ => { });

    [Benchmark]
    public Task FactoryClient() => Run();

    /// <summary>The same with Microsoft.Extensions.Http.Diagnostics: latency telemetry, written by extended logging.</summary>
    [GlobalSetup(Target = nameof(HttpDiagnostics))]
    public void SetupHttpDiagnostics() => SetupFactory(services => services
        .AddRedaction()
        .AddLatencyContext()
        .AddHttpClientLatencyTelemetry()
        .AddExtendedHttpClientLogging());

    [Benchmark]
    public Task HttpDiagnostics() => Run();

    [GlobalCleanup]
    public void Dispose()
    {
        _client.Dispose();
        _subscription?.Dispose();
        _listener?.Dispose();
        GC.SuppressFinalize(this);
    }

    private static IHost StartHost(bool enabled, bool requestPhases, bool diagnosis = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionTracing:Enabled"] = $"{enabled}",
            ["ConnectionTracing:RequestPhases"] = $"{requestPhases}",
            // As the snippet does.
            ["ConnectionTracing:Export"] = "All",
            ["ConnectionTracing:Diagnosis:Enabled"] = $"{diagnosis}",
        });
        builder.AddConnectionTracing(options => options.AddExportProcessor(_ => new NoExport()));
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("System.Net.Http"));
        return Start(builder);
    }

    private static IHost Start(HostApplicationBuilder builder)
    {
        var host = builder.Build();
        host.Start();
        return host;
    }

    private void Setup(IDisposable? subscription) => Setup(subscription, new HttpClient(MemoryTransport.NewHandler(close: Scenario == Scenario.Cold)));

    private void SetupFactory(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(logging => logging.AddProvider(new DiscardingLog()));
        configure(builder.Services);
        builder.Services.AddHttpClient(Options.DefaultName)
            .ConfigurePrimaryHttpMessageHandler(() => MemoryTransport.NewHandler(close: Scenario == Scenario.Cold))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("System.Net.Http").AddSource(Experimental));
        var host = Start(builder);
        Setup(host, host.Services.GetRequiredService<IHttpClientFactory>().CreateClient());
    }

    private void Setup(IDisposable? subscription, HttpClient client)
    {
        _subscription = subscription;
        _client = client;
        Run().GetAwaiter().GetResult();
    }

    private Task Run() => Scenario switch
    {
        Scenario.WarmBuffered => SendBuffered(),
        Scenario.Concurrent => Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Send())),
        _ => Send(),
    };

    private async Task Send()
    {
        using var response = await _client.GetAsync(Url, HttpCompletionOption.ResponseHeadersRead);
        await response.Content.CopyToAsync(Stream.Null);
    }

    private async Task SendBuffered()
    {
        using var response = await _client.GetAsync(Url);
    }

    private sealed class NoExport : BaseProcessor<Activity>;

    /// <summary>Takes every record and writes none: what a logger does with it is not measured.</summary>
    private sealed class DiscardingLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class NoListener : EventListener
    {
        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "System.Net.Http")
            {
                EnableEvents(eventSource, EventLevel.Informational);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
        }
    }
}
