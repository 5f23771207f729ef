using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OpenTelemetry.Instrumentation.AspNetCore.Tests;

/// <summary>How the instrumentation comes into a provider, and how it goes.</summary>
[Collection(ProcessWideTelemetry.Name)]
public sealed class RegistrationTests
{
    private const string StartEvent = "Microsoft.AspNetCore.Hosting.HttpRequestIn.Start";

    [Fact]
    public async Task Adding_it_twice_adds_up_the_options_and_hears_each_request_once()
    {
        var calls = 0;
        await using var server = await TracedServer.StartAsync(
            app => app.MapGet("/", string () => throw new InvalidOperationException()),
            tracing => tracing
                .AddAspNetCoreInstrumentation(options => options.EnrichWithHttpRequest = (_, _) => Interlocked.Increment(ref calls))
                .AddAspNetCoreInstrumentation(options => options.RecordException = true)
                .AddAspNetCoreInstrumentation());

        var span = await server.TraceAsync("/");

        Assert.Equal(1, calls);
        Assert.Single(span.Events);
    }

    [Fact]
    public async Task A_name_has_options_of_its_own()
    {
        var calls = new ConcurrentQueue<string>();
        await using var server = await TracedServer.StartAsync(
            app => app.MapGet("/", () => "named"),
            tracing => tracing
                .ConfigureServices(services => services
                    .Configure<AspNetCoreTraceInstrumentationOptions>("a", options => options.EnrichWithHttpRequest = (_, _) => calls.Enqueue("a"))
                    .Configure<AspNetCoreTraceInstrumentationOptions>("b", options => options.EnrichWithHttpRequest = (_, _) => calls.Enqueue("b")))
                .AddAspNetCoreInstrumentation("b", configureAspNetCoreTraceInstrumentationOptions: null));

        await server.TraceAsync("/");

        Assert.Equal(["b"], calls);
    }

    [Fact]
    public void It_listens_as_long_as_its_provider_lives()
    {
        using var before = new DiagnosticListener("Microsoft.AspNetCore");

        using (Sdk.CreateTracerProviderBuilder().AddAspNetCoreInstrumentation().AddAspNetCoreInstrumentation("named", null).Build())
        {
            using var after = new DiagnosticListener("Microsoft.AspNetCore");
            Assert.True(before.IsEnabled(StartEvent));
            Assert.True(after.IsEnabled(StartEvent));
        }

        using var late = new DiagnosticListener("Microsoft.AspNetCore");
        Assert.False(before.IsEnabled());
        Assert.False(late.IsEnabled());
    }

    [Fact]
    public void The_container_of_the_application_ends_it_too()
    {
        using var host = new DiagnosticListener("Microsoft.AspNetCore");

        var services = new ServiceCollection();
        services.AddOpenTelemetry().WithTracing(tracing => tracing.AddAspNetCoreInstrumentation());

        using (var provider = services.BuildServiceProvider())
        {
            provider.GetRequiredService<TracerProvider>();
            Assert.True(host.IsEnabled(StartEvent));
        }

        Assert.False(host.IsEnabled());
    }

    [Fact]
    public void A_host_that_appears_while_it_ends_is_not_listened_to()
    {
        var subscription = new RequestEventSubscription(new RequestSpanWriter(new AspNetCoreTraceInstrumentationOptions(), redactQuery: true));
        subscription.Dispose();
        using var host = new DiagnosticListener("Microsoft.AspNetCore");

        ((IObserver<DiagnosticListener>)subscription).OnNext(host);

        Assert.False(host.IsEnabled());
    }

    [Fact]
    public void Events_with_an_unknown_payload_are_left_alone()
    {
        using var provider = Sdk.CreateTracerProviderBuilder().AddAspNetCoreInstrumentation(options => options.RecordException = true).Build();
        using var host = new DiagnosticListener("Microsoft.AspNetCore");
        using var activity = new Activity("request").Start();

        foreach (var payload in new object?[] { null, "text", new { httpContext = "text", exception = "text" }, new { exception = new InvalidOperationException() } })
        {
            host.Write(StartEvent, payload);
            host.Write("Microsoft.AspNetCore.Hosting.UnhandledException", payload);
            host.Write("Microsoft.AspNetCore.Diagnostics.UnhandledException", payload);
            host.Write("Microsoft.AspNetCore.Hosting.HttpRequestIn.Stop", payload);
        }

        Assert.Empty(activity.TagObjects);
        Assert.Empty(activity.Events);
    }

    [Fact]
    public void A_context_that_fails_does_not_fail_the_host()
    {
        using var provider = Sdk.CreateTracerProviderBuilder().AddAspNetCoreInstrumentation().Build();
        using var host = new DiagnosticListener("Microsoft.AspNetCore");
        var context = new DefaultHttpContext();
        context.Uninitialize();
        using var activity = new Activity("request").Start();

        host.Write(StartEvent, context);

        Assert.Throws<ObjectDisposedException>(() => context.Request.Method);
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore.SignalR.Server")]
    [InlineData("Microsoft.AspNetCore.Components")]
    [InlineData("Microsoft.AspNetCore.Components.Server.Circuits")]
    public void Spans_beside_the_requests_are_collected_too(string sourceName)
    {
        using var provider = Sdk.CreateTracerProviderBuilder().AddAspNetCoreInstrumentation().Build();
        using var source = new ActivitySource(sourceName);

        using var span = source.StartActivity("work");

        Assert.True(span?.Recorded);
    }

    [Fact]
    public async Task Metrics_are_those_that_the_framework_reports()
    {
        var exporter = new InstrumentNames();

        using (var provider = Sdk.CreateMeterProviderBuilder()
            .AddAspNetCoreInstrumentation()
            .AddAspNetCoreInstrumentation()
            .AddReader(new BaseExportingMetricReader(exporter))
            .Build())
        {
            await using var server = await TracedServer.StartAsync(app => app.MapGet("/", () => "measured"));
            await server.TraceAsync("/");
        }

        Assert.Contains("Microsoft.AspNetCore.Hosting http.server.request.duration 1", exporter.Seen);
        Assert.Contains("Microsoft.AspNetCore.Server.Kestrel kestrel.connection.duration 1", exporter.Seen);
        Assert.Contains("Microsoft.AspNetCore.Routing aspnetcore.routing.match_attempts", exporter.Seen);
    }

    [Fact]
    public void A_builder_is_needed()
    {
        Assert.Throws<ArgumentNullException>("builder", () => default(TracerProviderBuilder)!.AddAspNetCoreInstrumentation());
        Assert.Throws<ArgumentNullException>("builder", () => default(MeterProviderBuilder)!.AddAspNetCoreInstrumentation());
    }

    /// <summary>Meter and instrument of everything exported, and for histograms how many values there were.</summary>
    private sealed class InstrumentNames : BaseExporter<Metric>
    {
        public ConcurrentQueue<string> Seen { get; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                var name = $"{metric.MeterName} {metric.Name}";

                if (metric.MetricType is not MetricType.Histogram)
                {
                    Seen.Enqueue(name);
                    continue;
                }

                long count = 0;

                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    count += point.GetHistogramCount();
                }

                Seen.Enqueue($"{name} {count}");
            }

            return ExportResult.Success;
        }
    }
}
