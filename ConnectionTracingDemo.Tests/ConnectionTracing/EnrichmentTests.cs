using System.Diagnostics;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Enrichment;
using ConnectionTracingDemo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

[Collection(NetworkSources.Name)]
public sealed class EnrichmentTests
{
    [Fact]
    public async Task Callbacks_see_request_response_and_exception()
    {
        await using var host = await TracedHost.StartAsync(configure: services => services.AddHttpClientEnrichment(options =>
        {
            options.OnRequest = (span, request) => span.SetTag("test.agent", request.Headers.UserAgent.ToString());
            options.OnResponse = (span, response) => span.SetTag("test.length", response.Content.Headers.ContentLength);
            options.OnException = (span, exception) => span.SetTag("test.exception", exception.GetType().Name);
        }));
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient { DefaultRequestHeaders = { { "User-Agent", "enriched" } } };

        await client.GetStringAsync(server.Url("/redirect/enriched"));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://localhost:{FreePort.Find()}/enriched/exception"));

        var answered = await host.RequestTo("/redirect/enriched");
        Assert.Equal("enriched", answered.Tags["test.agent"]);
        Assert.Equal(0L, answered.Tags["test.length"]);
        Assert.False(answered.Has("test.exception"));

        var failed = await host.RequestTo("/enriched/exception");
        Assert.Equal(nameof(HttpRequestException), failed.Tags["test.exception"]);
        Assert.False(failed.Has("test.length"));
    }

    [Fact]
    public async Task Callback_that_throws_is_logged_once_and_changes_nothing_else()
    {
        await using var host = await TracedHost.StartAsync(configure: services => services.AddHttpClientEnrichment(options =>
        {
            options.OnRequest = (_, _) => throw new InvalidOperationException("from the callback");
            options.OnResponse = (span, _) => span.SetTag("test.response", true);
        }));
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        Assert.Equal("hello", await client.GetStringAsync(server.Url("/throwing")));
        Assert.Equal("hello", await client.GetStringAsync(server.Url("/throwing")));

        var (_, message) = Assert.Single(host.Log, line => line.Level == LogLevel.Error);
        Assert.Contains("from the callback", message, StringComparison.Ordinal);
        Assert.All(await host.RequestsTo("/throwing", 2), span => Assert.True(span.Is("test.response")));
    }

    [Fact]
    public async Task Neither_does_a_logger_that_throws_as_well()
    {
        await using var host = await TracedHost.StartAsync(configure: services => services
            .AddHttpClientEnrichment(options => options.OnRequest = (_, _) => throw new InvalidOperationException("from the callback"))
            .AddSingleton<ILoggerProvider>(new FailingLogger<HttpClientEnrichment>()));
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        Assert.Equal("hello", await client.GetStringAsync(server.Url("/unlogged")));
    }

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task Nobody_is_called_for_what_is_not_recorded(string environment)
    {
        var called = 0;
        await using var host = await TracedHost.StartAsync(
            environment: environment,
            sampler: new ParentBasedSampler(new AlwaysOffSampler()),
            configure: services => services.AddHttpClientEnrichment(options =>
            {
                options.OnRequest = (_, _) => called++;
                options.OnResponse = (_, _) => called++;
            }));
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        // HttpClient has an activity of its own within another one, also where nobody wants it.
        using var parent = new Activity("parent").Start();
        await client.GetStringAsync(server.Url("/unrecorded"));

        Assert.Equal(0, called);
    }

    [Fact]
    public async Task Nobody_is_subscribed_after_the_host()
    {
        var called = 0;
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await using (await TracedHost.StartAsync(configure: services => services.AddHttpClientEnrichment(options => options.OnRequest = (_, _) => called++)))
        {
            await client.GetStringAsync(server.Url("/during"));
        }

        using var recording = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(recording);
        await client.GetStringAsync(server.Url("/after"));

        Assert.Equal(1, called);
    }
}
