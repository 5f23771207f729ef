using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectionTracing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>AddServiceDefaults and MapDefaultEndpoints as they are, and what a reader of the endpoint gets.</summary>
[Collection(NetworkSources.Name)]
public sealed class EventStreamTests
{
    [Fact]
    public async Task Messages_are_what_the_monitor_says()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = await StartAppAsync();
        using var client = new HttpClient();
        await client.GetStringAsync(server.Url("/shown?key=secret"));
        await using var stream = await EventsAsync(client, app);

        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType!.MediaType);
        Assert.True(stream.Response.Headers.CacheControl!.NoStore);
        var message = await stream.NextAsync();
        var update = JsonNode.Parse(message.Data)!;

        Assert.Equal(update["position"]!.GetValue<long>().ToString(CultureInfo.InvariantCulture), message.EventId);
        Assert.True(update["enabled"]!.GetValue<bool>());
        var request = update["requests"]!.AsArray().First(request => request!["port"]!.GetValue<int>() == server.Port)!;
        Assert.Equal(server.Url("/shown?*").ToString(), request["url"]!.GetValue<string>());
        Assert.Equal("queue", request["phases"]![0]!["name"]!.GetValue<string>());
        Assert.Contains(update["connections"]!.AsArray(), connection => connection!["spanId"]!.GetValue<string>() == request["connection"]!.GetValue<string>());

        // The same request is in the report.
        var report = (await client.GetFromJsonAsync<JsonObject>(app.Urls.Single() + "/connection-tracing"))!;
        Assert.Contains(report["requests"]!.AsArray(), shown => shown!["spanId"]!.GetValue<string>() == request["spanId"]!.GetValue<string>());
        Assert.NotNull(report["findings"]);
    }

    [Fact]
    public async Task Reader_that_lost_the_connection_goes_on()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = await StartAppAsync();
        using var client = new HttpClient();
        await client.GetStringAsync(server.Url("/first"));

        string? position;
        await using (var stream = await EventsAsync(client, app))
        {
            position = (await stream.NextAsync()).EventId;
        }

        await client.GetStringAsync(server.Url("/second"));

        await using var resumed = await EventsAsync(client, app, position);
        var update = await resumed.NextUpdateAsync();
        Assert.Contains(update.Requests, request => request.Url.EndsWith("/second", StringComparison.Ordinal));
        Assert.DoesNotContain(update.Requests, request => request.Url.EndsWith("/first", StringComparison.Ordinal));

        await using var anew = await EventsAsync(client, app, "not a position");
        Assert.Contains((await anew.NextUpdateAsync()).Requests, request => request.Url.EndsWith("/first", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stream_does_not_hold_up_the_stop()
    {
        await using var app = await StartAppAsync();
        using var client = new HttpClient();
        await using var stream = await EventsAsync(client, app);
        await stream.NextAsync();

        // Within the test's patience; the server's own, of 30 seconds, would be for a stream that does not end by itself.
        var stopping = app.StopAsync();
        Assert.False(await stream.MoveNextAsync());
        await stopping.Soon();
    }

    [Fact]
    public async Task Who_looks_at_the_service_is_not_traced()
    {
        await using var server = await TestServer.StartAsync();
        var spans = new SpanCollector();
        await using var app = await StartAppAsync(spans);
        using var client = new HttpClient();

        await using (var stream = await EventsAsync(client, app))
        {
            await stream.NextAsync();
        }

        await client.GetStringAsync(app.Urls.Single() + "/connection-tracing");
        await client.GetStringAsync(app.Urls.Single() + "/");

        var span = Assert.Single(await spans.WaitFor(span => span.Source == "Microsoft.AspNetCore"));
        Assert.Equal("/", span.Tags["url.path"]);
    }

    private static async Task<WebApplication> StartAppAsync(SpanCollector? spans = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        if (spans is not null)
        {
            builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(spans.NewProcessor()));
        }

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGet("/", () => "hello");
        await app.StartAsync();
        return app;
    }

    private static async Task<EventReader> EventsAsync(HttpClient client, WebApplication app, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single() + "/connection-tracing/events");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).Soon();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new EventReader(response, await response.Content.ReadAsStreamAsync());
    }

    private sealed class EventReader(HttpResponseMessage response, Stream stream) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<SseItem<string>> _messages = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();

        public HttpResponseMessage Response => response;

        public Task<bool> MoveNextAsync() => _messages.MoveNextAsync().AsTask().Soon();

        public async Task<SseItem<string>> NextAsync()
        {
            Assert.True(await MoveNextAsync());
            return _messages.Current;
        }

        public async Task<ConnectionTracingUpdate> NextUpdateAsync() =>
            JsonSerializer.Deserialize<ConnectionTracingUpdate>((await NextAsync()).Data, JsonSerializerOptions.Web)!;

        public async ValueTask DisposeAsync()
        {
            await _messages.DisposeAsync();
            response.Dispose();
        }
    }
}
