using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Trace;

namespace OpenTelemetry.Instrumentation.AspNetCore.Tests;

/// <summary>What the span of a request looks like.</summary>
[Collection(ProcessWideTelemetry.Name)]
public sealed class RequestSpanTests
{
    private const string SuppressSwitch = "Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData";

    [Fact]
    public async Task A_request_has_the_name_and_attributes_of_the_conventions()
    {
        await using var server = await TracedServer.StartAsync(app => app.MapGet("/items/{id}", (int id) => id));
        server.Client.DefaultRequestHeaders.UserAgent.ParseAdd("tests/1.0 (unit)");

        var span = await server.TraceAsync("/items/7?secret=42&flag");

        Assert.Equal("GET /items/{id}", span.DisplayName);
        Assert.Equal(ActivityKind.Server, span.Kind);
        Assert.Equal("Microsoft.AspNetCore", span.Source.Name);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Empty(span.Events);
        Assert.Equal(ExpectedAttributes(server.Address), Attributes(span));
    }

    // The switch belongs to the process, but hosts read it when they are created, and no other test runs beside these.
    [Fact]
    public async Task Attributes_that_the_framework_sets_itself_are_there_once()
    {
        AppContext.SetSwitch(SuppressSwitch, false);

        try
        {
            await using var server = await TracedServer.StartAsync(
                app => app.MapGet("/items/{id}", (int id) => id),
                tracing => tracing.SetSampler<FrameworkAttributes>().AddAspNetCoreInstrumentation());
            server.Client.DefaultRequestHeaders.UserAgent.ParseAdd("tests/1.0 (unit)");

            var span = await server.TraceAsync("/items/7?secret=42&flag");

            Assert.Equal("/items/7", span.GetTagItem("sampler.url.path"));
            span.SetTag("sampler.url.path", null);
            Assert.Equal("GET /items/{id}", span.DisplayName);
            Assert.Equal(ExpectedAttributes(server.Address), Attributes(span));
        }
        finally
        {
            AppContext.SetSwitch(SuppressSwitch, true);
        }
    }

    [Fact]
    public async Task Without_a_route_the_name_is_the_method()
    {
        await using var server = await TracedServer.StartAsync(_ => { });

        var span = await server.TraceAsync("/nowhere");

        Assert.Equal("GET", span.DisplayName);
        Assert.Null(span.GetTagItem("http.route"));
        Assert.Equal(404, span.GetTagItem("http.response.status_code"));
    }

    [Fact]
    public async Task A_method_that_is_not_known_stays_out_of_the_name()
    {
        await using var server = await TracedServer.StartAsync(app => app.Map("/any", () => "any"));

        var span = await server.TraceAsync("/any", new HttpMethod("BREW"));

        Assert.Equal("HTTP /any", span.DisplayName);
        Assert.Equal("_OTHER", span.GetTagItem("http.request.method"));
        Assert.Equal("BREW", span.GetTagItem("http.request.method_original"));
    }

    [Fact]
    public async Task Query_values_are_kept_where_redaction_is_switched_off()
    {
        await using var server = await TracedServer.StartAsync(
            app => app.MapGet("/search", () => "found"),
            configure: builder => builder.Configuration.AddInMemoryCollection(
                [new("OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION", "true")]));

        var span = await server.TraceAsync("/search?text=a%20b");

        Assert.Equal("?text=a%20b", span.GetTagItem("url.query"));
    }

    [Fact]
    public async Task The_path_is_the_one_that_was_asked_for()
    {
        await using var server = await TracedServer.StartAsync(app =>
        {
            app.Use((context, next) =>
            {
                context.Request.Path = "/rewritten";
                return next(context);
            });
            app.UseRouting();
            app.MapGet("/rewritten", () => "rewritten");
        });

        var span = await server.TraceAsync("/asked%20for");

        Assert.Equal("/asked%20for", span.GetTagItem("url.path"));
        Assert.Equal("GET /rewritten", span.DisplayName);
    }

    [Fact]
    public async Task A_request_without_a_host_has_no_server_address()
    {
        await using var server = await TracedServer.StartAsync(app => app.MapGet("/", () => "old"));

        using (var connection = new TcpClient())
        {
            await connection.ConnectAsync(IPAddress.Loopback, server.Address.Port);
            var stream = connection.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.0\r\n\r\n"));
            using var reader = new StreamReader(stream);
            Assert.Contains("200 OK", await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30)), StringComparison.Ordinal);
        }

        var span = Assert.Single(await server.StopAsync());

        Assert.Null(span.GetTagItem("server.address"));
        Assert.Null(span.GetTagItem("server.port"));
        Assert.Null(span.GetTagItem("user_agent.original"));
        Assert.Equal("1.0", span.GetTagItem("network.protocol.version"));
        Assert.Equal("GET /", span.DisplayName);
    }

    [Fact]
    public async Task The_span_continues_the_trace_of_the_caller()
    {
        await using var server = await TracedServer.StartAsync(app => app.MapGet("/", () => "child"));
        var (trace, parent) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());
        server.Client.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-{parent}-01");

        var span = await server.TraceAsync("/");

        Assert.Equal((trace, parent), (span.TraceId, span.ParentSpanId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_current_activity_is_left_alone(bool none)
    {
        using var other = new Activity("other");
        await using var server = await TracedServer.StartAsync(app => app.Run(context =>
        {
            other.Start();
            Activity.Current = none ? null : other;
            return context.Response.WriteAsync("done");
        }));

        var span = await server.TraceAsync("/");

        Assert.Equal(200, span.GetTagItem("http.response.status_code"));
        Assert.Empty(other.TagObjects);
        Assert.Equal("other", other.DisplayName);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(499)]
    public async Task What_is_no_error_of_the_server_leaves_the_status_unset(int statusCode)
    {
        await using var server = await TracedServer.StartAsync(app => app.MapGet("/", () => Results.StatusCode(statusCode)));

        var span = await server.TraceAsync("/");

        Assert.Equal(statusCode, span.GetTagItem("http.response.status_code"));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Null(span.GetTagItem("error.type"));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task An_error_of_the_server_is_an_error(int statusCode)
    {
        await using var server = await TracedServer.StartAsync(app => app.MapGet("/", () => Results.StatusCode(statusCode)));

        var span = await server.TraceAsync("/");

        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Null(span.StatusDescription);
        Assert.Equal($"{statusCode}", span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task A_status_that_the_application_decided_on_stays()
    {
        await using var server = await TracedServer.StartAsync(app => app.Run(context =>
        {
            context.Features.GetRequiredFeature<IHttpActivityFeature>().Activity.SetStatus(ActivityStatusCode.Error, "out of stock");
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        }));

        var span = await server.TraceAsync("/");

        Assert.Equal("out of stock", span.StatusDescription);
    }

    private static SortedDictionary<string, object?> ExpectedAttributes(Uri address) => new(StringComparer.Ordinal)
    {
        ["http.request.method"] = "GET",
        ["http.response.status_code"] = 200,
        ["http.route"] = "/items/{id}",
        ["network.protocol.version"] = "1.1",
        ["server.address"] = "127.0.0.1",
        ["server.port"] = address.Port,
        ["url.path"] = "/items/7",
        ["url.query"] = "?secret=Redacted&flag",
        ["url.scheme"] = "http",
        ["user_agent.original"] = "tests/1.0 (unit)",
    };

    // Add throws where an attribute is there twice.
    private static SortedDictionary<string, object?> Attributes(Activity span)
    {
        var attributes = new SortedDictionary<string, object?>(StringComparer.Ordinal);

        foreach (var (name, value) in span.TagObjects)
        {
            attributes.Add(name, value);
        }

        return attributes;
    }

    /// <summary>Notes what a sampler sees, which is what the framework alone has set.</summary>
    private sealed class FrameworkAttributes : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
        {
            var path = samplingParameters.Tags?.FirstOrDefault(tag => tag.Key == "url.path").Value;

            return path is null
                ? new SamplingResult(SamplingDecision.RecordAndSample)
                : new SamplingResult(SamplingDecision.RecordAndSample, [new("sampler.url.path", path)]);
        }
    }
}
