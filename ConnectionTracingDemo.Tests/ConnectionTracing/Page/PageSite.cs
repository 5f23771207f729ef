using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Page;

/// <summary>An application that maps <c>/connection-tracing</c>, named webfrontend.</summary>
internal sealed class PageSite : IAsyncDisposable
{
    public const string Path = "/connection-tracing";

    private readonly WebApplication _app;

    private PageSite(WebApplication app) => _app = app;

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    public IServiceProvider Services => _app.Services;

    public static async Task<PageSite> StartAsync(
        IDictionary<string, string?>? settings = null,
        string environment = "Development",
        Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? use = null,
        string pattern = Path)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["OTEL_SERVICE_NAME"] = "webfrontend";
        builder.Configuration["ConnectionTracing:Enabled"] = "true";
        foreach (var (key, value) in settings ?? new Dictionary<string, string?>())
        {
            builder.Configuration[key] = value;
        }

        configure?.Invoke(builder);
        builder.AddConnectionTracing();
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("System.Net.Http"));
        var app = builder.Build();
        use?.Invoke(app);
        app.UseRouting();
        app.MapConnectionTracing(pattern);
        await app.StartAsync();
        return new PageSite(app);
    }

    /// <summary>The setting that names another service.</summary>
    public static Dictionary<string, string?> With(string service, Uri address) => new() { [$"ConnectionTracing:Page:Services:{service}"] = address.OriginalString };

    public Uri Url(string path) => new(_app.Urls.Single() + path);

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<HttpResponseMessage> PostAsync(string path, string json) => SendAsync(HttpMethod.Post, path, json);

    public async Task<PageEvents> EventsAsync(string path = $"{Path}/page/events", params (string Name, string Value)[] headers)
    {
        var response = await GetAsync(path, headers);
        response.EnsureSuccessStatusCode();
        return new PageEvents(response, await response.Content.ReadAsStreamAsync());
    }

    public Task StopAsync() => _app.StopAsync().Soon();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync().Soon();
        await _app.DisposeAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, Url(path)) { Content = json is null ? null : new StringContent(json, null, "application/json") };
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The messages of the page, one by one.</summary>
    internal sealed class PageEvents(HttpResponseMessage response, Stream stream) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<SseItem<string>> _messages = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();

        public Task<bool> MoveNextAsync() => _messages.MoveNextAsync().AsTask().Soon();

        public async Task<(string? Id, JsonNode Message)> NextAsync()
        {
            Assert.True(await MoveNextAsync(), "The stream has ended.");
            return (_messages.Current.EventId, JsonNode.Parse(_messages.Current.Data)!);
        }

        /// <summary>The first message that is looked for.</summary>
        public async Task<(string? Id, JsonNode Message)> NextAsync(Predicate<JsonNode> match)
        {
            while (true)
            {
                var next = await NextAsync();
                if (match(next.Message))
                {
                    return next;
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _messages.DisposeAsync();
            response.Dispose();
        }
    }
}
