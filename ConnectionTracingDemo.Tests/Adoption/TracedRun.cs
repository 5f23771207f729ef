using System.Text.Json;
using System.Text.RegularExpressions;
using ConnectionTracing.Runtime;
using ConnectionTracingDemo.Tests.Standalone;
using ConnectionTracingDemo.Tests.Telemetry;

namespace ConnectionTracingDemo.Tests.Adoption;

/// <summary>A program of a host's solution while it runs, in Development, with a collector for its telemetry.</summary>
internal sealed class TracedRun : IAsyncDisposable
{
    // Its requests leave no traces that the service would go on with.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { ActivityHeadersPropagator = null });

    private readonly RunningProgram _program;
    private readonly OtlpCollector _collector;
    private readonly string _name;
    private readonly Uri? _url;

    private TracedRun(RunningProgram program, OtlpCollector collector, string name, Uri? url) => (_program, _collector, _name, _url) = (program, collector, name, url);

    /// <summary>Starts a web application that has been built.</summary>
    /// <param name="solution">Where it is.</param>
    /// <param name="name">The name of its project.</param>
    /// <param name="collectorInCode">The collector's address is the application's own setting <c>Collector</c>, not a variable that OpenTelemetry knows.</param>
    /// <param name="command">The command that runs it; default: its assembly.</param>
    public static async Task<TracedRun> StartServiceAsync(HostSolution solution, string name, bool collectorInCode = false, params string[] command)
    {
        var collector = await OtlpCollector.StartAsync();
        var (program, line) = await StartAsync(solution, name, collector, collectorInCode, command, @"Now listening on: (http://\S+)");
        return new(program, collector, name, new Uri(line.Groups[1].Value));
    }

    /// <summary>Starts a worker that has been built. Its setting <c>Server</c> is the address of a server to request something from.</summary>
    public static async Task<TracedRun> StartWorkerAsync(HostSolution solution, string name)
    {
        var collector = await OtlpCollector.StartAsync();
        var (program, _) = await StartAsync(solution, name, collector, collectorInCode: false, [], "Application started");
        return new(program, collector, name, url: null);
    }

    /// <summary>Lets the service request something from itself.</summary>
    public async Task AssertServiceAnswersAsync() => Assert.Equal("Hello World!", await Http.GetStringAsync(new Uri(_url!, "/self")));

    /// <summary>Runs a web application that has been built from its start to its end, and asserts that what it requests from itself is traced.</summary>
    /// <inheritdoc cref="StartServiceAsync"/>
    public static async Task AssertServiceIsTracedAsync(HostSolution solution, string name, bool collectorInCode = false, params string[] command)
    {
        await using var run = await StartServiceAsync(solution, name, collectorInCode, command);
        await run.AssertServiceIsTracedAsync();
        await run.AssertEndsWellAsync();
    }

    /// <summary>Lets the service request something from itself, and asserts what is known of that: at the collector, and at the endpoint.</summary>
    private async Task AssertServiceIsTracedAsync()
    {
        await AssertServiceAnswersAsync();

        await AssertRequestIsTracedAsync($"localhost:{_url!.Port}");

        using var report = JsonDocument.Parse(await Http.GetStringAsync(new Uri(_url, "/connection-tracing")));
        Assert.True(report.RootElement.GetProperty("enabled").GetBoolean());
        var request = Assert.Single(report.RootElement.GetProperty("requests").EnumerateArray());
        Assert.Equal($"http://localhost:{_url.Port}/", request.GetProperty("url").GetString());
        var names = request.GetProperty("phases").EnumerateArray().Select(phase => phase.GetProperty("name").GetString()).ToList();
        Assert.Contains("dns", names);
        Assert.Contains("tcp", names);
        Assert.Contains("wait", names);

        // The page comes with the library, whatever kind of solution it is in.
        using var browser = new HttpRequestMessage(HttpMethod.Get, new Uri(_url, "/connection-tracing")) { Headers = { { "Accept", "text/html" } } };
        using var page = await Http.SendAsync(browser);
        Assert.Contains("src=\"connection-tracing/page/main.js\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("import ", await Http.GetStringAsync(new Uri(_url, "/connection-tracing/page/main.js")), StringComparison.Ordinal);
    }

    /// <summary>Asserts that the request of the worker has been traced.</summary>
    public Task AssertWorkerIsTracedAsync() => AssertRequestIsTracedAsync($"localhost:{_collector.Url.Port}");

    /// <summary>Ends it as an orchestrator does, and asserts that nothing went wrong.</summary>
    /// <param name="complaint">What the library alone has to complain of in the log; default: nothing.</param>
    public async Task AssertEndsWellAsync(string? complaint = null)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(0, await _program.TerminateAsync());
        }

        Assert.DoesNotContain("Unhandled exception", _program.Output, StringComparison.Ordinal);
        if (complaint is null)
        {
            Assert.DoesNotMatch("(?m)^(warn|fail|crit): ConnectionTracing", _program.Output);
        }
        else
        {
            Assert.Contains(complaint, _program.Output, StringComparison.Ordinal);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        await _collector.DisposeAsync();
    }

    private static Task<(RunningProgram Program, Match Line)> StartAsync(HostSolution solution, string name, OtlpCollector collector, bool collectorInCode, string[] command, string awaitedLine)
    {
        command = command is [] ? ["dotnet", $"{name}/bin/Debug/net10.0/{name}.dll"] : command;
        return RunningProgram.StartAsync(command[0], command[1..], solution.PathOf(""), new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collectorInCode ? "" : collector.Url.OriginalString,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = name,
            // Sends what there is soon, not every five seconds.
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            ["Collector"] = collector.Url.OriginalString,
            ["Server"] = $"http://localhost:{collector.Url.Port}/",
        }, awaitedLine);
    }

    // The tree that the README promises for the first request to a server.
    private async Task AssertRequestIsTracedAsync(string server)
    {
        var request = await _collector.WaitForSpanAsync("the request", span => span.Source == NetworkActivitySources.Http && span["url.full"] == $"http://{server}/");
        Assert.Equal(_name, request.Service);
        Assert.Equal("false", request["httpclient.connection.reused"]);
        Assert.Equal("true", request["httpclient.connection.initiated"]);
        Assert.NotNull(request["httpclient.setup_ms"]);
        Assert.NotNull(request["httpclient.setup.dns_ms"]);
        Assert.NotNull(request["httpclient.setup.tcp_ms"]);

        var setup = await _collector.WaitForSpanAsync("the connection that the request links to", span => request.Links.Contains(SpanLink.To(span)));
        Assert.Equal($"HTTP connection_setup {server}", setup.Name);
        Assert.Equal(_name, setup.Service);
        Assert.Null(setup.ParentSpanId);

        await _collector.WaitForSpanAsync("the lookup of the connection", span => span.Name == "DNS lookup localhost" && span.IsChildOf(setup));
        await _collector.WaitForSpanAsync("the connect of the connection", span => span.Name.StartsWith("socket connect ", StringComparison.Ordinal) && span.IsChildOf(setup));

        var wait = await _collector.WaitForSpanAsync("the wait of the request", span => span.Name == $"HTTP wait_for_connection {server}" && span.IsChildOf(request));
        await _collector.WaitForSpanAsync("the lookup that the request waited for", span => span.Name == "DNS lookup localhost" && span.IsChildOf(wait));
        await _collector.WaitForSpanAsync("the connect that the request waited for", span => span.Name.StartsWith("socket connect ", StringComparison.Ordinal) && span.IsChildOf(wait));
    }
}
