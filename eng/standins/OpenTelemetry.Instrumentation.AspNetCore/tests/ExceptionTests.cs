using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Trace;

namespace OpenTelemetry.Instrumentation.AspNetCore.Tests;

/// <summary>Requests that end in an exception.</summary>
[Collection(ProcessWideTelemetry.Name)]
public sealed class ExceptionTests
{
    private static readonly Action<WebApplication> Failing =
        app => app.MapGet("/fail/{id}", string (int id) => throw new InvalidOperationException($"number {id}"));

    [Fact]
    public async Task An_unhandled_exception_is_the_error_of_the_span()
    {
        await using var server = await TracedServer.StartAsync(Failing);

        AssertFailed(await server.TraceAsync("/fail/1"), typeof(InvalidOperationException).FullName, expectedEvents: 0);
    }

    [Fact]
    public async Task An_unhandled_exception_is_recorded_on_request()
    {
        await using var server = await TracedServer.StartAsync(Failing, Recording);

        var span = await server.TraceAsync("/fail/1");

        AssertFailed(span, typeof(InvalidOperationException).FullName, expectedEvents: 1);
        var recorded = span.Events.Single();
        Assert.Equal("exception", recorded.Name);
        Assert.Contains(new("exception.type", typeof(InvalidOperationException).FullName), recorded.Tags);
        Assert.Contains(new("exception.message", "number 1"), recorded.Tags);
    }

    [Fact]
    public async Task An_exception_on_the_developer_page_counts_as_unhandled()
    {
        await using var server = await TracedServer.StartAsync(
            app =>
            {
                app.UseDeveloperExceptionPage();
                Failing(app);
            },
            Recording);

        AssertFailed(await server.TraceAsync("/fail/1"), typeof(InvalidOperationException).FullName, expectedEvents: 1);
    }

    [Fact]
    public async Task An_exception_that_was_handled_leaves_the_route_that_failed()
    {
        await using var server = await TracedServer.StartAsync(
            app =>
            {
                app.UseExceptionHandler(handler => handler.Run(context => context.Response.WriteAsync("sorry")));
                Failing(app);
            },
            Recording);

        AssertFailed(await server.TraceAsync("/fail/1"), "500", expectedEvents: 0);
    }

    [Fact]
    public async Task An_exception_after_the_response_has_started_is_an_error_too()
    {
        await using var server = await TracedServer.StartAsync(
            app =>
            {
                app.UseDeveloperExceptionPage();
                app.MapGet("/late", async context =>
                {
                    await context.Response.WriteAsync("half");
                    await context.Response.Body.FlushAsync();
                    throw new NotSupportedException();
                });
            },
            Recording);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.Client.GetStringAsync("/late"));
        var span = Assert.Single(await server.StopAsync());

        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(typeof(NotSupportedException).FullName, span.GetTagItem("error.type"));
        Assert.Single(span.Events);
        Assert.Equal(200, span.GetTagItem("http.response.status_code"));
    }

    private static void Recording(TracerProviderBuilder tracing) =>
        tracing.AddAspNetCoreInstrumentation(options => options.RecordException = true);

    private static void AssertFailed(Activity span, string? errorType, int expectedEvents)
    {
        Assert.Equal("GET /fail/{id}", span.DisplayName);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Null(span.StatusDescription);
        Assert.Equal(errorType, span.GetTagItem("error.type"));
        Assert.Equal(500, span.GetTagItem("http.response.status_code"));
        Assert.Equal(expectedEvents, span.Events.Count());
    }
}
