using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ConnectionTracing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Page;

/// <summary>Several services in one page: what it is told of them, and how it switches them.</summary>
[Collection(NetworkSources.Name)]
public sealed class ServicesTests
{
    private const string FiveMinutes = """{"enabled": true, "for": "00:05:00"}""";

    [Fact]
    public async Task Page_is_told_of_its_own_service_and_of_others_and_goes_on_where_it_was()
    {
        await using var api = await ScriptedService.StartAsync();
        api.Tell(Sample.Request("http://a.example/"));
        await using var site = await PageSite.StartAsync(PageSite.With("apiservice", api.Url));

        string? id;
        await using (var events = await site.EventsAsync())
        {
            var own = false;
            var (last, message) = await events.NextAsync(message =>
            {
                own |= IsOf(message, "webfrontend");
                return own && IsOf(message, "apiservice") && message["update"]!["position"]!.GetValue<long>() == 1;
            });
            id = last;
            Assert.Null(message["problem"]);
            Assert.False(message["startedAgain"]!.GetValue<bool>());
        }

        Assert.Matches("^(webfrontend=[0-9]+&apiservice=1|apiservice=1&webfrontend=[0-9]+)$", id);
        api.Tell(Sample.Request("http://b.example/"));
        foreach (var (path, headers) in new (string, (string, string)[])[]
        {
            ("/page/events", [("Last-Event-ID", id!)]),
            ($"/page/events?after={Uri.EscapeDataString(id!)}", []),
            ("/page/events?after=apiservice%3D0", [("Last-Event-ID", id!)]),
        })
        {
            await using var events = await site.EventsAsync(PageSite.Path + path, headers);
            var (_, message) = await events.NextAsync(message => IsOf(message, "apiservice"));
            Assert.Equal("http://b.example/", Assert.Single(message["update"]!["requests"]!.AsArray())!["url"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Service_that_does_not_answer_is_told_with_the_reason_and_comes_back()
    {
        await using var api = await ScriptedService.StartAsync();
        var port = api.Port;
        await using var site = await PageSite.StartAsync(PageSite.With("apiservice", api.Url));
        await using var events = await site.EventsAsync();
        await events.NextAsync(message => IsOf(message, "apiservice"));

        await api.DisposeAsync();
        var (_, down) = await events.NextAsync(message => IsOf(message, "apiservice") && message["problem"]?.GetValue<string>() == "apiservice cannot be reached. Is it running?");
        Assert.Null(down["update"]);

        await using var again = await ScriptedService.StartAsync(port);
        await events.NextAsync(message => IsOf(message, "apiservice") && message["update"] is not null);
    }

    [Fact]
    public async Task Service_that_does_not_map_the_endpoint_is_told_apart()
    {
        await using var api = await ScriptedService.StartAsync(isMapped: false);
        await using var site = await PageSite.StartAsync(PageSite.With("apiservice", api.Url));
        await using var events = await site.EventsAsync();

        var (_, message) = await events.NextAsync(message => IsOf(message, "apiservice"));

        Assert.StartsWith("apiservice has no /connection-tracing. Call app.MapConnectionTracing() in it", message["problem"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_whose_events_lack_something_does_not_take_the_page_from_the_others()
    {
        await using var api = await ScriptedService.StartAsync();
        api.Tell(Sample.Request("http://a.example/") with { Phases = null! });
        await using var site = await PageSite.StartAsync(PageSite.With("apiservice", api.Url));
        await using var events = await site.EventsAsync();

        var (_, message) = await events.NextAsync(message => IsOf(message, "apiservice"));
        Assert.StartsWith("apiservice answers /connection-tracing, but not with what this page understands.", message["problem"]!.GetValue<string>(), StringComparison.Ordinal);

        await using var anew = await site.EventsAsync();
        await anew.NextAsync(message => IsOf(message, "webfrontend") && message["update"] is not null);
    }

    [Fact]
    public async Task Service_that_maps_another_pattern_has_it_in_its_address()
    {
        await using var other = await PageSite.StartAsync(new Dictionary<string, string?> { ["OTEL_SERVICE_NAME"] = "other" }, pattern: "/diagnostics/tracing");
        await using var site = await PageSite.StartAsync(PageSite.With("other", other.Url("/diagnostics/tracing")));
        await using var events = await site.EventsAsync();

        var (_, message) = await events.NextAsync(message => IsOf(message, "other"));

        Assert.Null(message["problem"]);
        using var har = await site.GetAsync($"{PageSite.Path}/requests.har");
        Assert.Null(JsonNode.Parse(await har.Content.ReadAsStringAsync())!["log"]!["comment"]);
    }

    [Fact]
    public async Task Entry_with_the_name_of_this_service_is_left_out()
    {
        await using var api = await ScriptedService.StartAsync();
        var settings = PageSite.With("apiservice", api.Url);
        settings["ConnectionTracing:Page:Services:WebFrontend"] = "http://127.0.0.1:1";
        await using var site = await PageSite.StartAsync(settings);
        await using var events = await site.EventsAsync();

        HashSet<string> services = [];
        while (services.Count < 2)
        {
            var (_, message) = await events.NextAsync();
            Assert.Null(message["problem"]);
            services.Add(message["service"]!.GetValue<string>());
        }

        Assert.Equal(["apiservice", "webfrontend"], services.Order());
    }

    [Fact]
    public async Task Outside_Development_there_is_this_service_only()
    {
        await using var api = await ScriptedService.StartAsync();
        await using var site = await PageSite.StartAsync(PageSite.With("apiservice", api.Url), environment: "Production");

        using var refused = await site.PostAsync($"{PageSite.Path}/page/services/apiservice", FiveMinutes);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Assert.Equal("Outside of Development, the page shows and switches no service but its own, webfrontend.", await DetailAsync(refused));
        Assert.Null(api.Command);

        using var own = await site.PostAsync($"{PageSite.Path}/page/services/webfrontend", FiveMinutes);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);

        await using var events = await site.EventsAsync();
        await events.NextAsync();
        using var client = new HttpClient();
        await client.GetStringAsync(new Uri(api.Url, "/connection-tracing"));
        var (id, _) = await events.NextAsync(message => message["update"]!["requests"]!.AsArray().Count > 0);
        Assert.StartsWith("webfrontend=", id, StringComparison.Ordinal);
        Assert.Equal(0, api.Readers);
    }

    [Fact]
    public async Task Page_switches_other_services()
    {
        await using var api = await ScriptedService.StartAsync();
        await using var site = await PageSite.StartAsync(PageSite.With("apiservice", api.Url));

        using var response = await site.PostAsync($"{PageSite.Path}/page/services/ApiService", FiveMinutes);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(JsonNode.Parse(await response.Content.ReadAsStringAsync())!["enabled"]!.GetValue<bool>());
        Assert.Equal("""{"enabled":true,"for":"00:05:00"}""", api.Command);
    }

    [Theory]
    [InlineData("apiservice", "{}", HttpStatusCode.BadRequest, "Send JSON")]
    [InlineData("apiservice", """{"enabled": true, "for": "soon"}""", HttpStatusCode.BadRequest, "for is 'soon'")]
    [InlineData("nobody", FiveMinutes, HttpStatusCode.NotFound, "The page does not show 'nobody'. Name it in the setting ConnectionTracing:Page:Services.")]
    public async Task What_is_wrong_with_a_command_is_said(string service, string command, HttpStatusCode status, string detail)
    {
        await using var api = await ScriptedService.StartAsync();
        await using var site = await PageSite.StartAsync(PageSite.With("apiservice", api.Url));

        using var response = await site.PostAsync($"{PageSite.Path}/page/services/{service}", command);

        Assert.Equal(status, response.StatusCode);
        Assert.StartsWith(detail, await DetailAsync(response), StringComparison.Ordinal);
        Assert.Null(api.Command);
    }

    [Fact]
    public async Task Service_that_refuses_a_command_is_told()
    {
        await using var api = await ScriptedService.StartAsync();
        api.RefusesCommands = true;
        await using var site = await PageSite.StartAsync(PageSite.With("apiservice", api.Url));

        using var response = await site.PostAsync($"{PageSite.Path}/page/services/apiservice", FiveMinutes);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("apiservice answers /connection-tracing with status 500.", await DetailAsync(response));
    }

    [Fact]
    public async Task Readers_of_both_streams_are_limited_together()
    {
        await using var site = await PageSite.StartAsync();
        var streams = new List<PageSite.PageEvents>();
        for (var i = 0; i < 16; i++)
        {
            streams.Add(await site.EventsAsync(PageSite.Path + (i % 2 == 0 ? "/events" : "/page/events")));
        }

        foreach (var path in new[] { "/events", "/page/events" })
        {
            using var further = await site.GetAsync(PageSite.Path + path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, further.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(10), further.Headers.RetryAfter!.Delta);
        }

        foreach (var stream in streams)
        {
            await stream.DisposeAsync();
        }
    }

    [Fact]
    public async Task Browser_that_leaves_ends_the_streams_of_other_services()
    {
        await using var api = await ScriptedService.StartAsync();
        await using var site = await PageSite.StartAsync(PageSite.With("apiservice", api.Url));
        await using (var events = await site.EventsAsync())
        {
            await events.NextAsync(message => IsOf(message, "apiservice"));
            Assert.Equal(1, api.Readers);
        }

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (api.Readers > 0)
        {
            await Task.Delay(10, timeout.Token);
        }
    }

    [Fact]
    public async Task Stream_ends_with_the_host()
    {
        await using var api = await ScriptedService.StartAsync();
        await using var site = await PageSite.StartAsync(PageSite.With("apiservice", api.Url));
        await using var events = await site.EventsAsync();
        await events.NextAsync();

        var stopping = site.StopAsync();
        try
        {
            while (await events.MoveNextAsync())
            {
            }
        }
        catch (IOException)
        {
            // In the middle of a message.
        }

        await stopping;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Service_that_does_not_answer_does_not_hold_up_the_stop_of_the_host(bool isSwitched)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var site = await PageSite.StartAsync(PageSite.With("silent", new Uri($"http://{silent.LocalEndpoint}")));
        var answer = isSwitched ? site.PostAsync($"{PageSite.Path}/page/services/silent", FiveMinutes) : site.GetAsync($"{PageSite.Path}/requests.har");
        using var asked = await silent.AcceptTcpClientAsync().Soon();

        await site.StopAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => answer);
    }

    [Fact]
    public async Task What_the_page_asks_is_neither_traced_nor_shown()
    {
        var spans = new SpanCollector();
        await using var api = await ScriptedService.StartAsync();
        await using var other = await TestServer.StartAsync();
        await using var site = await PageSite.StartAsync(
            PageSite.With("apiservice", api.Url),
            configure: builder => builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddProcessor(spans.NewProcessor())));
        var monitor = site.Services.GetRequiredService<IConnectionTracingMonitor>();
        await using (var events = await site.EventsAsync())
        {
            await events.NextAsync(message => IsOf(message, "apiservice"));
        }

        using var switched = await site.PostAsync($"{PageSite.Path}/page/services/apiservice", FiveMinutes);
        await site.Client.GetStringAsync(other.Url("/shown"));

        var history = monitor.GetHistory();
        Assert.DoesNotContain(history.Requests, request => request.Port == api.Port);
        Assert.DoesNotContain(history.Connections, connection => connection.Port == api.Port);
        Assert.Contains(history.Requests, request => request.Port == other.Port);
        await spans.WaitFor(span => span.Source == "Microsoft.AspNetCore" && (string)span.Tags["url.path"]! == "/shown");
        Assert.DoesNotContain(spans.Spans, span => span.Source == "Microsoft.AspNetCore" && ((string)span.Tags["url.path"]!).Contains("/page/", StringComparison.Ordinal));
    }

    private static bool IsOf(JsonNode message, string service) => message["service"]!.GetValue<string>() == service;

    private static async Task<string> DetailAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>();
}
