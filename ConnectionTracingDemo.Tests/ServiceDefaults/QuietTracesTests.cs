using System.Collections.Concurrent;
using System.Diagnostics;
using ConnectionTracingDemo.Tests.ConnectionTracing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Tests.ServiceDefaults;

/// <remarks>The instrumentation of ASP.NET Core filters the requests of all hosts of the process: no other host beside these tests.</remarks>
[Collection(NetworkSources.Name)]
public sealed class QuietTracesTests
{
    private static readonly string[] Paths = ["/quiet/app.css", "/quiet/page", "/quiet/other", "/health", "/alive", "/connection-tracing"];

    [Fact]
    public async Task Health_checks_and_static_assets_leave_no_spans() => Assert.Equal(["/quiet/page", "/quiet/other"], await TracedPathsAsync());

    [Fact]
    public async Task All_leave_spans_where_the_setting_says_so() =>
        Assert.Equal(Paths.Except(["/connection-tracing"]).Order(StringComparer.Ordinal), (await TracedPathsAsync(settings: "--ServiceDefaults:TraceEverything=true")).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("false", new[] { "below a request", "the call", "the call of a library", "the request", "with a call", "with a call of a library", "with an error" })]
    [InlineData("true", new[] { "alone", "below a request", "the call", "the call of a library", "the request", "with a call", "with a call of a library", "with an error" })]
    public void Razor_components_leave_no_empty_traces(string setting, string[] expected)
    {
        const string Navigate = "Microsoft.AspNetCore.Components.Navigate";
        const string HandleEvent = "Microsoft.AspNetCore.Components.HandleEvent";
        using var exported = new SpanCollector();
        var builder = WebApplication.CreateBuilder([$"--ServiceDefaults:TraceEverything={setting}"]);
        builder.AddServiceDefaults();
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
            .AddSource(nameof(QuietTracesTests))
            .AddProcessor(_ => exported.NewProcessor()));
        using (var services = builder.Services.BuildServiceProvider())
        {
            services.GetRequiredService<TracerProvider>();
            using var components = new ActivitySource("Microsoft.AspNetCore.Components");
            using var others = new ActivitySource(nameof(QuietTracesTests));

            foreach (var name in new[] { Navigate, HandleEvent })
            {
                using (Start(components, name, "alone"))
                {
                }

                using (Start(components, name, "with an error"))
                {
                    Activity.Current!.SetStatus(ActivityStatusCode.Error);
                }

                using (Start(components, name, "with a call"))
                using (Start(others, "GET", "the call"))
                {
                }

                // Some libraries start an activity of their own without a source.
                using (Start(components, name, "with a call of a library"))
                using (new Activity("library").Start())
                using (Start(others, "GET", "the call of a library"))
                {
                }

                using (Start(others, "GET", "the request"))
                using (Start(components, name, "below a request"))
                {
                }
            }
        }

        // One of each for Navigate, and one for HandleEvent.
        Assert.Equal(expected.SelectMany(name => new[] { name, name }), exported.Spans.Select(span => span.Name).Order(StringComparer.Ordinal));

        static Activity Start(ActivitySource source, string name, string displayName)
        {
            var activity = source.StartActivity(name)!;
            activity.DisplayName = displayName;
            return activity;
        }
    }

    [Fact]
    public async Task Filter_and_callback_of_the_application_stay_in_force()
    {
        var called = new ConcurrentQueue<string?>();

        var traced = await TracedPathsAsync(options =>
        {
            options.Filter = context => context.Request.Path != "/quiet/page";
            options.EnrichWithHttpResponse = (_, response) => called.Enqueue(response.HttpContext.Request.Path);
        });

        Assert.Equal(["/quiet/other"], traced);
        Assert.Equal(["/quiet/other"], called);
    }

    [Fact]
    public async Task Wrong_value_stops_the_start_and_names_the_setting()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => TracedPathsAsync(settings: "--ServiceDefaults:TraceEverything=sometimes"));

        Assert.Contains("'sometimes'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'ServiceDefaults:TraceEverything'", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Asks a server for each path once and returns those whose server span has been exported.</summary>
    private static async Task<IEnumerable<string?>> TracedPathsAsync(Action<AspNetCoreTraceInstrumentationOptions>? configure = null, params string[] settings)
    {
        using var exported = new SpanCollector();
        var builder = WebApplication.CreateBuilder(["--environment=Development", .. settings]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults();
        builder.Services.Configure(configure ?? (_ => { }));
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(_ => exported.NewProcessor()));

        int port;
        await using (var app = builder.Build())
        {
            app.MapGet("/quiet/page", () => "");
            app.MapGet("/quiet/other", () => "");
            app.MapGet("/quiet/app.css", () => "").WithMetadata(new StaticAssetDescriptor { Route = "quiet/app.css", AssetPath = "quiet/app.css" });
            app.MapDefaultEndpoints();
            await app.StartAsync();

            port = new Uri(app.Urls.Single()).Port;
            using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
            foreach (var path in Paths)
            {
                await client.GetStringAsync(path);
            }

            // A span ends after its response has been sent; stopping waits for it.
            await app.StopAsync();
        }

        // Other servers of this process leave spans, too.
        return exported.Spans.Where(span => span.Source == "Microsoft.AspNetCore" && (int?)span.Tags["server.port"] == port).Select(span => (string?)span.Tags["url.path"]);
    }
}
