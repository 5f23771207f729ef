using System.Collections.Concurrent;
using System.Net;
using ConnectionTracing.Page;
using ConnectionTracingDemo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Page;

/// <summary>The client that asks other services takes service discovery from the application, and nothing else.</summary>
[Collection(NetworkSources.Name)]
public sealed class ServiceClientTests
{
    private const string Switch = $"{PageSite.Path}/page/services/apiservice";
    private const string On = """{"enabled": true}""";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Names_are_resolved_by_the_service_discovery_of_the_application_and_other_handlers_left_out(bool isTracingAddedFirst)
    {
        await using var api = await ScriptedService.StartAsync();
        var others = 0;
        await using var site = await PageSite.StartAsync(
            new Dictionary<string, string?>
            {
                ["ConnectionTracing:Page:Services:apiservice"] = "https+http://apiservice",
                ["Services:apiservice:http:0"] = api.Url.OriginalString,
            },
            configure: builder =>
            {
                if (isTracingAddedFirst)
                {
                    builder.AddConnectionTracing();
                }

                builder.Services.AddServiceDiscovery();
                builder.Services.ConfigureHttpClientDefaults(http =>
                {
                    http.AddStandardResilienceHandler();
                    http.AddServiceDiscovery();
                    http.AddHttpMessageHandler(() => new Counting(() => others++));
                    http.ConfigureHttpClient(client => client.Timeout = TimeSpan.FromSeconds(1));
                });
            });

        using var response = await site.PostAsync(Switch, On);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await using var events = await site.EventsAsync();
        await events.NextAsync(message => message["service"]!.GetValue<string>() == "apiservice" && message["update"] is not null);

        Assert.Equal(0, others);
        var client = new ServiceClient(site.Services).CreateClient(ServiceClient.Name);
        Assert.Equal((Timeout.InfiniteTimeSpan, 16 * 1024 * 1024), (client.Timeout, client.MaxResponseContentBufferSize));
    }

    [Theory]
    [InlineData("http", true)]
    [InlineData("http+https", true)]
    [InlineData("http", false)]
    [InlineData("http+https", false)]
    public async Task Without_service_discovery_the_first_scheme_counts_and_the_host_is_as_it_is(string scheme, bool hasFactory)
    {
        await using var api = await ScriptedService.StartAsync();
        await using var site = await PageSite.StartAsync(
            new Dictionary<string, string?> { ["ConnectionTracing:Page:Services:apiservice"] = $"{scheme}://127.0.0.1:{api.Port}/" },
            configure: builder =>
            {
                if (hasFactory)
                {
                    builder.Services.AddHttpClient();
                }
            });

        using var response = await site.PostAsync(Switch, On);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotNull(api.Command);
    }

    [Fact]
    public async Task Application_without_a_client_factory_gets_none()
    {
        // The OTLP exporter would take its client from there, and log each of its requests.
        await using var site = await PageSite.StartAsync();

        Assert.Null(site.Services.GetService<IHttpClientFactory>());
    }

    [Fact]
    public async Task Service_with_a_certificate_that_is_not_trusted_is_told_with_the_way_out()
    {
        await using var server = await TestServer.StartAsync(https: true);
        await using var site = await PageSite.StartAsync(PageSite.With("apiservice", new Uri($"https://localhost:{server.Port}")));

        using var response = await site.PostAsync(Switch, On);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("The TLS handshake with apiservice failed. Does this machine trust its certificate?", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_that_is_down_does_not_fill_the_log()
    {
        var log = new Categories();
        await using var site = await PageSite.StartAsync(
            PageSite.With("apiservice", new Uri($"http://127.0.0.1:{FreePort.Find()}")),
            configure: builder =>
            {
                builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Information);
                builder.Services.AddHttpClient("other", client => client.BaseAddress = new Uri($"http://127.0.0.1:{FreePort.Find()}"));
            });

        using var response = await site.PostAsync(Switch, On);
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => site.Services.GetRequiredService<IHttpClientFactory>().CreateClient("other").GetAsync(new Uri("/", UriKind.Relative)));

        Assert.All(log.Seen.Where(category => category.StartsWith("System.Net.Http.HttpClient", StringComparison.Ordinal)), category => Assert.Contains(".other.", category, StringComparison.Ordinal));
        Assert.Contains(log.Seen, category => category.Contains(".other.", StringComparison.Ordinal));
    }

    private sealed class Counting(Action count) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            count();
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Categories : ILoggerProvider
    {
        public ConcurrentQueue<string> Seen { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, Seen);

        public void Dispose()
        {
        }

        private sealed class Logger(string category, ConcurrentQueue<string> seen) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => seen.Enqueue(category);
        }
    }
}
