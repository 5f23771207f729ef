using System.Globalization;
using System.Net;
using System.Text.Json;
using ConnectionTracing;
using ConnectionTracingDemo.Tests.ConnectionTracing;
using ConnectionTracingDemo.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ConnectionTracingDemo.Tests.Har;

/// <summary>GET <c>/connection-tracing/requests.har</c> of a host that sends requests.</summary>
[Collection(NetworkSources.Name)]
public sealed class HarEndpointTests
{
    private const string Path = "/connection-tracing/requests.har";

    [Fact]
    public async Task File_is_saved_under_the_name_of_the_service_and_the_time()
    {
        await using var app = await StartAsync(("OTEL_SERVICE_NAME", "web front/\"end\""));
        using var client = new HttpClient();
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);

        using var response = await client.GetAsync(app.Urls.Single() + Path);

        Assert.Equal("application/har+json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        var disposition = response.Content.Headers.ContentDisposition!;
        Assert.Equal("attachment", disposition.DispositionType);
        Assert.Matches("^web-front--end--[0-9]{8}-[0-9]{6}Z\\.har$", disposition.FileName);
        var time = DateTimeOffset.ParseExact(disposition.FileName![^20..^4], "yyyyMMdd-HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange(time, before, DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task File_has_each_request_once_with_what_was_learned_last()
    {
        await using var app = await StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        await client.GetStringAsync(server.Url("/first?token=secret"));
        await client.GetStringAsync(server.Url("/second"));

        var entries = EntriesTo(server.Port, await GetAsync(app));

        Assert.Equal(["/first", "/second"], entries.Select(PathOf));
        Assert.All(entries, entry => Assert.True(entry.Timing("send") >= 0 && entry.Timing("wait") >= 0 && entry.Timing("receive") >= 0, $"{entry}"));
        Assert.True(entries[0].Timing("connect") > 0, $"{entries[0]}");
        Assert.Equal(-1, entries[1].Timing("connect"));
        Assert.Single(entries.Select(entry => entry.Text("connection")).Distinct());
        Assert.All(entries, entry => Assert.Equal(("127.0.0.1", 32), (entry.Text("serverIPAddress"), entry.Text("_traceId")!.Length)));
    }

    [Fact]
    public async Task Without_request_phases_sending_is_unknown()
    {
        await using var app = await StartAsync(("ConnectionTracing:RequestPhases", "false"));
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        await client.GetStringAsync(server.Url("/plain"));

        var entry = Assert.Single(EntriesTo(server.Port, await GetAsync(app)));

        Assert.Equal((-1, -1), (entry.Timing("send"), entry.Timing("receive")));
        Assert.True(entry.Timing("wait") > 0, $"{entry}");
        Assert.Contains("RequestPhases", entry.GetProperty("timings").Text("comment"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http2_and_a_body_that_is_not_buffered_are_shown_as_they_are()
    {
        await using var app = await StartAsync();
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using (await client.GetAsync(server.Url("/h2"), HttpCompletionOption.ResponseHeadersRead))
        {
        }

        var entry = Assert.Single(EntriesTo(server.Port, await GetAsync(app)));

        Assert.Equal(("HTTP/2", -1), (entry.GetProperty("request").Text("httpVersion"), entry.Timing("receive")));
    }

    [Fact]
    public async Task Request_that_is_refused_is_an_entry_without_a_response()
    {
        await using var app = await StartAsync();
        using var client = new HttpClient();
        var port = FreePort.Find();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://127.0.0.1:{port}/refused"));

        var entry = Assert.Single(EntriesTo(port, await GetAsync(app)));

        Assert.Equal((0, "connection_error"), (entry.GetProperty("response").GetProperty("status").GetInt32(), entry.GetProperty("response").Text("_error")));
        Assert.Equal((0, 0, 0), (entry.Timing("send"), entry.Timing("wait"), entry.Timing("receive")));
        Assert.True(entry.Timing("connect") > 0, $"{entry}");
        Assert.False(string.IsNullOrEmpty(entry.Text("comment")), $"{entry}");
    }

    [Fact]
    public async Task Page_of_another_site_gets_no_file()
    {
        await using var app = await StartAsync();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single() + Path);
        request.Headers.Add("Origin", "http://evil.example");

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task History_has_each_request_once_oldest_first()
    {
        await using var app = await StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        for (var i = 0; i < 3; i++)
        {
            await client.GetStringAsync(server.Url($"/{i}"));
        }

        var history = app.Services.GetRequiredService<IConnectionTracingMonitor>().GetHistory();

        var requests = history.Requests.Where(request => request.Port == server.Port).ToList();
        Assert.Equal(["/0", "/1", "/2"], requests.Select(request => new Uri(request.Url).AbsolutePath));
        Assert.All(requests, request => Assert.Contains(request.Phases, phase => phase.Name == "read"));
        Assert.Contains(history.Connections, connection => connection.SpanId == requests[0].Connection);
        Assert.Equal(0, history.Missed);
    }

    private static async Task<WebApplication> StartAsync(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["ConnectionTracing:Enabled"] = "true";
        builder.Configuration["ConnectionTracing:RequestPhases"] = "true";
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.AddConnectionTracing();
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("System.Net.Http"));
        var app = builder.Build();
        app.MapConnectionTracing();
        await app.StartAsync();
        return app;
    }

    private static async Task<IReadOnlyList<JsonElement>> GetAsync(WebApplication app)
    {
        using var client = new HttpClient();
        return HarAssert.IsValid(await client.GetStringAsync(app.Urls.Single() + Path));
    }

    private static List<JsonElement> EntriesTo(int port, IReadOnlyList<JsonElement> entries) =>
        [.. entries.Where(entry => new Uri(entry.GetProperty("request").Text("url")!).Port == port)];

    private static string PathOf(JsonElement entry) => new Uri(entry.GetProperty("request").Text("url")!).AbsolutePath;
}
