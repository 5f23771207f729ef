using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OpenTelemetry.Extensions.Hosting.Tests;

/// <summary>The providers live as long as the host, without anybody asking for them.</summary>
public sealed class OpenTelemetryHostingTests
{
    private readonly string _name = $"hosting {Guid.NewGuid()}";

    [Fact]
    public async Task Traces_are_collected_from_the_start_and_flushed_at_the_end()
    {
        var exporter = new Exporter<Activity>(span => span.DisplayName);
        using var source = new ActivitySource(_name);

        using (var host = Build(services => services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("tested service"))
            .WithTracing(tracing => tracing.AddSource(_name))
            // An hour: only the flush at the end can export.
            .WithTracing(tracing => tracing.AddProcessor(new BatchActivityExportProcessor(exporter, scheduledDelayMilliseconds: 3_600_000)))))
        {
            Assert.Null(source.StartActivity("before the start"));
            await host.StartAsync();
            source.StartActivity("between")?.Dispose();
            await host.StopAsync();
            source.StartActivity("after stopping")?.Dispose();
            Assert.Empty(exporter.Exported);
        }

        Assert.Equal(["between", "after stopping"], exporter.Exported);
        Assert.Equal("tested service", exporter.ServiceName);
        Assert.Null(source.StartActivity("after the end"));
    }

    [Fact]
    public async Task Metrics_are_collected_from_the_start_and_flushed_at_the_end()
    {
        var exporter = new Exporter<Metric>(metric => metric.Name);
        using var meter = new Meter(_name);
        var counter = meter.CreateCounter<int>("counted");

        using (var host = Build(services => services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("tested service"))
            .WithMetrics(metrics => metrics.AddMeter(_name).AddReader(new BaseExportingMetricReader(exporter)))))
        {
            Assert.False(counter.Enabled);
            await host.StartAsync();
            counter.Add(1);
            await host.StopAsync();
            Assert.Empty(exporter.Exported);
        }

        Assert.Equal(["counted"], exporter.Exported);
        Assert.Equal("tested service", exporter.ServiceName);
    }

    [Fact]
    public async Task Logs_are_collected_from_the_start_and_flushed_at_the_end()
    {
        var exporter = new Exporter<LogRecord>(record => record.FormattedMessage);

        using (var host = Build(services => services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("tested service"))
            .WithLogging(
                logging => logging.AddProcessor(new BatchLogRecordExportProcessor(exporter, scheduledDelayMilliseconds: 3_600_000)),
                options => options.IncludeFormattedMessage = true)))
        {
            await host.StartAsync();
            host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(_name).LogInformation("logged {Number}", 1);
            await host.StopAsync();
        }

        Assert.Contains("logged 1", exporter.Exported);
        Assert.Equal("tested service", exporter.ServiceName);
    }

    [Fact]
    public async Task What_other_services_do_while_they_start_is_collected_too()
    {
        var exporter = new Exporter<Activity>(span => span.DisplayName);
        using var source = new ActivitySource(_name);

        using (var host = Build(services =>
        {
            services.AddSingleton<IHostedService>(new Starting(source));
            services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(_name).AddProcessor(new SimpleActivityExportProcessor(exporter)));
        }))
        {
            await host.StartAsync();
            await host.StopAsync();
        }

        Assert.Equal(["starting"], exporter.Exported);
    }

    [Fact]
    public async Task Starting_creates_all_providers_whoever_else_might()
    {
        var created = new List<string>();
        var services = new ServiceCollection();
        services.ConfigureOpenTelemetryTracerProvider((_, _) => created.Add("traces"));
        services.ConfigureOpenTelemetryMeterProvider((_, _) => created.Add("metrics"));
        services.ConfigureOpenTelemetryLoggerProvider((_, _) => created.Add("logs"));
        services.AddOpenTelemetry().WithTracing().WithMetrics().WithLogging();

        using var provider = services.BuildServiceProvider();
        var starter = provider.GetRequiredService<IHostedService>();
        Assert.Empty(created);
        await starter.StartAsync(CancellationToken.None);

        Assert.Equal(["logs", "metrics", "traces"], created.Order());
    }

    [Fact]
    public async Task A_signal_that_nobody_configured_has_no_provider()
    {
        using var host = Build(services => services.AddOpenTelemetry().ConfigureResource(_ => { }));

        await host.StartAsync();

        Assert.Null(host.Services.GetService<TracerProvider>());
        Assert.Null(host.Services.GetService<MeterProvider>());
        Assert.Null(host.Services.GetService<LoggerProvider>());
    }

    [Fact]
    public void A_signal_needs_no_callback()
    {
        var services = new ServiceCollection();
        services.AddOpenTelemetry().WithTracing().WithMetrics().WithLogging().WithLogging(_ => { });

        using var provider = services.BuildServiceProvider();

        Assert.NotNull(provider.GetService<TracerProvider>());
        Assert.NotNull(provider.GetService<MeterProvider>());
        Assert.NotNull(provider.GetService<LoggerProvider>());
    }

    [Fact]
    public void Trace_context_is_propagated_once_there_is_a_provider()
    {
        var services = new ServiceCollection();
        services.AddOpenTelemetry().WithTracing();

        using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<TracerProvider>();

        Assert.Contains("traceparent", Propagators.DefaultTextMapPropagator.Fields ?? new HashSet<string>());
    }

    [Fact]
    public void Adding_it_again_starts_nothing_twice()
    {
        var services = new ServiceCollection();
        services.AddKeyedSingleton<IHostedService>("other", (_, _) => throw new NotSupportedException("Nobody asks for this one."));
        services.AddHostedService(_ => new Starting(new ActivitySource(_name)));

        services.AddOpenTelemetry().WithTracing();
        Assert.Same(services, services.AddOpenTelemetry().WithTracing().Services);

        Assert.Equal(2, services.Count(service => service.ServiceType == typeof(IHostedService) && !service.IsKeyedService));
        Assert.Equal(typeof(ProviderStarter), services[0].ImplementationType);
        Assert.Single(services, service => service.ServiceType == typeof(TracerProvider));
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        var builder = new ServiceCollection().AddOpenTelemetry();

        Assert.Throws<ArgumentNullException>("services", () => default(IServiceCollection)!.AddOpenTelemetry());
        Assert.Throws<ArgumentNullException>("configure", () => builder.ConfigureResource(null!));
        Assert.Throws<ArgumentNullException>("configure", () => builder.WithTracing(null!));
        Assert.Throws<ArgumentNullException>("configure", () => builder.WithMetrics(null!));
        Assert.Throws<ArgumentNullException>("configure", () => builder.WithLogging(null!));
    }

    private static IHost Build(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        configure(builder.Services);

        return builder.Build();
    }

    private sealed class Starting(ActivitySource source) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            source.StartActivity("starting")?.Dispose();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Keeps the names of what was exported, and whose it was.</summary>
    private sealed class Exporter<T>(Func<T, string?> name) : BaseExporter<T> where T : class
    {
        public ConcurrentQueue<string?> Exported { get; } = [];

        public object? ServiceName { get; private set; }

        public override ExportResult Export(in Batch<T> batch)
        {
            ServiceName = ParentProvider.GetResource().Attributes.Single(attribute => attribute.Key == "service.name").Value;

            foreach (var item in batch)
            {
                Exported.Enqueue(name(item));
            }

            return ExportResult.Success;
        }
    }
}
