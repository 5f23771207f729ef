using System.Collections.Concurrent;
using System.Diagnostics;
using ConnectionTracing.Export;
using ConnectionTracing.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>A host with connection tracing that exports to memory.</summary>
internal sealed class TracedHost : IAsyncDisposable, ILoggerProvider
{
    private readonly IHost _host;

    private TracedHost(IDictionary<string, string?>? settings, string environment, Sampler? sampler, Action<IServiceCollection>? configure, bool exports)
    {
        // The folder holds no appsettings.json that could interfere.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment, ApplicationName = "test" });
        Settings = new ReloadableSettings(settings ?? new Dictionary<string, string?>());
        ((IConfigurationBuilder)builder.Configuration).Add(Settings);
        builder.Logging.AddProvider(this);

        builder.AddConnectionTracing(options =>
        {
            if (exports)
            {
                options.AddExportProcessor(_ => Connections.NewProcessor());
            }
        });
        builder.Services.AddOpenTelemetry().WithTracing(tracing =>
        {
            tracing.AddSource("System.Net.Http").AddProcessor(_ => Requests.NewProcessor());
            if (sampler is not null)
            {
                tracing.SetSampler(sampler);
            }
        });
        configure?.Invoke(builder.Services);

        _host = builder.Build();
    }

    /// <summary>What the application's own provider exports: request spans, and the spans added to their traces.</summary>
    public SpanCollector Requests { get; } = new();

    /// <summary>What the provider of the experimental sources exports.</summary>
    public SpanCollector Connections { get; } = new();

    public ConcurrentQueue<(LogLevel Level, string Message)> Log { get; } = new();

    /// <summary>The warnings, and within which spans they were logged.</summary>
    public ConcurrentQueue<(string Message, ActivityTraceId TraceId, ActivitySpanId SpanId)> Warnings { get; } = new();

    public ReloadableSettings Settings { get; }

    public IServiceProvider Services => _host.Services;

    public TracingSwitch Switch => Services.GetRequiredService<TracingSwitch>();

    /// <summary>What exports the connection spans; null while tracing is off.</summary>
    public ConnectionSpanProcessor? Exporter => Services.GetRequiredService<CurrentExport>().Processor;

    public static async Task<TracedHost> StartAsync(
        IDictionary<string, string?>? settings = null,
        string environment = "Development",
        Sampler? sampler = null,
        Action<IServiceCollection>? configure = null,
        bool exports = true)
    {
        var host = new TracedHost(settings, environment, sampler, configure, exports);
        try
        {
            await host._host.StartAsync();
            return host;
        }
        catch
        {
            host._host.Dispose();
            throw;
        }
    }

    /// <summary>The span of the one request to this path.</summary>
    public async Task<Span> RequestTo(string path) => (await RequestsTo(path, 1)).Single();

    /// <summary>The spans of the requests to this path, in the order in which they ended.</summary>
    public Task<IReadOnlyList<Span>> RequestsTo(string path, int count) =>
        Requests.WaitFor(span => span.Source == "System.Net.Http" && new Uri((string)span.Tags["url.full"]!).AbsolutePath == path, count);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await Services.GetRequiredService<TracingHostedService>().Sending;
        _host.Dispose();
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => new Logger(this);

    void IDisposable.Dispose()
    {
    }

    public sealed class ReloadableSettings(IDictionary<string, string?> settings) : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override void Load() => Data = new Dictionary<string, string?>(settings, StringComparer.OrdinalIgnoreCase);

        public void Change(string key, string? value)
        {
            Data[key] = value;
            OnReload();
        }
    }

    private sealed class Logger(TracedHost host) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            host.Log.Enqueue((logLevel, formatter(state, exception) + exception));
            if (logLevel == LogLevel.Warning)
            {
                host.Warnings.Enqueue((formatter(state, exception), Activity.Current?.TraceId ?? default, Activity.Current?.SpanId ?? default));
            }
        }
    }
}
