using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectionTracing;
using ConnectionTracing.Endpoint;
using ConnectionTracing.Page;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>The endpoint cannot be used against its host, and says the same in every host.</summary>
[Collection(NetworkSources.Name)]
public sealed class EndpointTests
{
    private const string Path = "/connection-tracing";

    [Fact]
    public async Task Readers_that_do_not_read_cost_little_and_do_not_hold_up_the_stop()
    {
        const int Readers = 50;
        await using var app = await StartAsync();
        await using var server = await TestServer.StartAsync();
        await FillJournalAsync(app, server, requests: 4096);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var sockets = new List<Socket>();
        for (var i = 0; i < Readers; i++)
        {
            sockets.Add(await OpenUnreadAsync(app));
        }

        // The one that comes next is told to come later: by then all others have been answered, and wait for their readers.
        using var client = new HttpClient();
        using var further = await client.GetAsync(app.Urls.Single() + Path + "/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, further.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(10), further.Headers.RetryAfter!.Delta);
        var more = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(more < 20_000_000, $"{Readers} readers cost {more:N0} bytes.");

        // The server's own patience is 30 seconds; a stop that waits for its readers takes all of it.
        var stop = app.StopAsync();
        Assert.Same(stop, await Task.WhenAny(stop, Task.Delay(TimeSpan.FromSeconds(20))));
        await stop;
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task Reader_that_leaves_makes_room()
    {
        await using var app = await StartAsync();
        using var client = new HttpClient();
        var responses = new List<HttpResponseMessage>();
        for (var i = 0; i < EventStream.MaxReaders; i++)
        {
            responses.Add(await client.GetAsync(app.Urls.Single() + Path + "/events", HttpCompletionOption.ResponseHeadersRead));
        }

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        responses[0].Dispose();

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var next = await client.GetAsync(app.Urls.Single() + Path + "/events", HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            if (next.StatusCode == HttpStatusCode.OK)
            {
                break;
            }
        }

        responses.ForEach(response => response.Dispose());
    }

    [Fact]
    public async Task First_messages_come_in_pieces_and_miss_nothing()
    {
        await using var app = await StartAsync();
        await using var server = await TestServer.StartAsync();
        await FillJournalAsync(app, server, requests: 1000);
        var monitor = app.Services.GetRequiredService<IConnectionTracingMonitor>();

        var (seen, position) = (new HashSet<string>(), 0L);
        await foreach (var update in monitor.WatchAsync())
        {
            Assert.InRange(update.Requests.Count, 0, 100);
            Assert.InRange(update.Position, position, long.MaxValue);
            Assert.Equal(0, update.Missed);
            position = update.Position;
            seen.UnionWith(update.Requests.Where(request => request.Port == server.Port).Select(request => request.SpanId));
            if (update.Requests.Count < 100)
            {
                break;
            }
        }

        Assert.Equal(1000, seen.Count);
    }

    [Fact]
    public async Task Json_does_not_follow_the_options_of_the_application()
    {
        await using var app = await StartAsync(configure: builder => builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull;
        }));
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        await client.GetStringAsync(server.Url("/snake"));

        var report = (await client.GetFromJsonAsync<ConnectionTracingReport>(app.Urls.Single() + Path))!;
        // The reader of the page of another service.
        var reader = new RemoteUpdateSource("service", app.Urls.Single(), new Clients(), TimeProvider.System);
        await using var updates = reader.WatchAsync(null, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await updates.MoveNextAsync().AsTask().Soon());

        foreach (var (requests, connections) in new[] { (report.Requests, report.Connections), (updates.Current.Requests, updates.Current.Connections) })
        {
            var request = requests.First(request => request.Url.EndsWith("/snake", StringComparison.Ordinal));
            Assert.Equal(16, request.SpanId.Length);
            Assert.Contains(connections, connection => connection.SpanId == request.Connection);
        }
    }

    [Theory]
    [InlineData("http://evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("null", null, HttpStatusCode.Forbidden)]
    [InlineData("http://127.0.0.1:1", null, HttpStatusCode.Forbidden)]
    [InlineData("http://evil.example", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("self", null, HttpStatusCode.OK)]
    // Behind a proxy that changes the host.
    [InlineData("https://public.example", "same-origin", HttpStatusCode.OK)]
    [InlineData(null, null, HttpStatusCode.OK)]
    public async Task Pages_of_other_sites_are_refused(string? origin, string? site, HttpStatusCode expected)
    {
        foreach (var environment in new[] { "Development", "Production" })
        {
            await using var app = await StartAsync(environment);
            using var client = new HttpClient();
            foreach (var (method, path) in new[]
            {
                (HttpMethod.Get, ""), (HttpMethod.Get, "/events"), (HttpMethod.Get, "/page/main.js"), (HttpMethod.Get, "/page/events"),
                (HttpMethod.Post, ""), (HttpMethod.Post, $"/page/services/{app.Environment.ApplicationName}"),
            })
            {
                using var request = new HttpRequestMessage(method, app.Urls.Single() + Path + path);
                request.Content = method == HttpMethod.Post ? new StringContent("""{"enabled": true}""", Encoding.UTF8, "application/json") : null;
                if (origin is not null)
                {
                    request.Headers.Add("Origin", origin == "self" ? app.Urls.Single() : origin);
                }

                if (site is not null)
                {
                    request.Headers.Add("Sec-Fetch-Site", site);
                }

                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                Assert.Equal((path, expected), (path, response.StatusCode));
            }
        }
    }

    [Fact]
    public async Task Origin_of_an_international_name_is_its_own()
    {
        await using var app = await StartAsync("Production");
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single() + Path);
        request.Headers.Host = "xn--bcher-kva.example";
        request.Headers.Add("Origin", "https://xn--bcher-kva.example");

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("web.dev.localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("192.168.1.5", true)]
    [InlineData("[::1]", true)]
    [InlineData("webfrontend", true)]
    [InlineData("host.docker.internal", true)]
    [InlineData("abc-7480.euw.devtunnels.ms", true)]
    [InlineData("allowed.example", true)]
    [InlineData("sub.wild.example", true)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    public async Task Names_that_may_have_been_pointed_at_this_machine_are_refused_in_development(string host, bool isAnswered)
    {
        const string Problem = "AllowedHosts";
        await using var app = await StartAsync(configure: builder => builder.Configuration["AllowedHosts"] = "*;allowed.example;*.wild.example");
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single() + Path);
        request.Headers.Host = host;

        using var response = await client.SendAsync(request);

        Assert.Equal(isAnswered ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(!isAnswered, (await response.Content.ReadAsStringAsync()).Contains(Problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Production_answers_to_any_name_that_may_see_it()
    {
        await using var app = await StartAsync("Production");
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single() + Path);
        request.Headers.Host = "shop.example";

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/events")]
    [InlineData("GET", "/requests.har")]
    [InlineData("POST", "")]
    [InlineData("GET", "/page/main.js")]
    [InlineData("GET", "/page/events")]
    [InlineData("POST", "/page/services/apiservice")]
    public async Task Authorization_holds_for_all_of_it(string method, string path)
    {
        await using var app = await StartAsync(
            configure: builder =>
            {
                builder.Services.AddAuthentication("none").AddScheme<AuthenticationSchemeOptions, NobodyIsSignedIn>("none", null);
                builder.Services.AddAuthorization();
            },
            map: endpoint => endpoint.RequireAuthorization());
        using var client = new HttpClient();
        foreach (var accept in new[] { "text/html", "*/*" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), app.Urls.Single() + Path + path);
            request.Headers.Add("Accept", accept);

            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task Paths_are_shortened_where_the_option_says_so()
    {
        await using var app = await StartAsync(configure: builder => builder.Configuration["ConnectionTracing:MaxPathSegments"] = "1");
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await client.GetStringAsync(server.Url("/patients/secret-name?x=1"));

        var report = await client.GetStringAsync(app.Urls.Single() + Path);
        Assert.DoesNotContain("secret-name", report, StringComparison.Ordinal);
        var urls = JsonNode.Parse(report)!["requests"]!.AsArray().Select(request => request!["url"]!.GetValue<string>());
        Assert.Contains(server.Url("/patients/").ToString() + "…", urls);
    }

    [Fact]
    public async Task Requests_to_it_leave_no_spans()
    {
        var spans = new SpanCollector();
        await using var app = await StartAsync(configure: builder => builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
            .AddAspNetCoreInstrumentation().AddProcessor(spans.NewProcessor())));
        using var client = new HttpClient();

        await client.GetStringAsync(app.Urls.Single() + Path);
        await client.GetStringAsync(app.Urls.Single() + "/hello");

        var span = Assert.Single(await spans.WaitFor(span => span.Source == "Microsoft.AspNetCore"));
        Assert.Equal("/hello", span.Tags["url.path"]);
    }

    private static async Task<WebApplication> StartAsync(string environment = "Development", Action<WebApplicationBuilder>? configure = null, Action<IEndpointConventionBuilder>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["ConnectionTracing:Enabled"] = "true";
        builder.AddConnectionTracing();
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("System.Net.Http"));
        configure?.Invoke(builder);
        var app = builder.Build();
        var endpoint = app.MapConnectionTracing();
        map?.Invoke(endpoint);
        app.MapGet("/hello", () => "hello");
        await app.StartAsync();
        return app;
    }

    private static async Task FillJournalAsync(WebApplication app, TestServer server, int requests)
    {
        using var client = new HttpClient();
        for (var i = 0; i < requests; i++)
        {
            await client.GetStringAsync(server.Url($"/{i}"));
        }

        Assert.NotEmpty(app.Services.GetRequiredService<IConnectionTracingMonitor>().GetReport().Requests);
    }

    /// <summary>Asks for the events, waits for the first byte of the answer, and reads no further.</summary>
    private static async Task<Socket> OpenUnreadAsync(WebApplication app)
    {
        var url = new Uri(app.Urls.Single());
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1024 };
        await socket.ConnectAsync(url.Host, url.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {Path}/events HTTP/1.1\r\nHost: {url.Authority}\r\n\r\n"));
        Assert.Equal(1, await socket.ReceiveAsync(new byte[1]).Soon());
        return socket;
    }

    private sealed class Clients : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new();
    }

    private sealed class NobodyIsSignedIn(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }
}
