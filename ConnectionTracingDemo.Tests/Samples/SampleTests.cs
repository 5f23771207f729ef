using System.Globalization;
using System.Text.RegularExpressions;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.Samples;

/// <summary>
/// Each sample prints what its section of the document promises. <c>dotnet test --filter-trait Sample=sampling</c> runs the test of one of them.
/// </summary>
[Collection(SampleRuns.Name)]
public sealed partial class SampleTests
{
    private const string Trait = "Sample";

    /// <summary>The output in the section "EventListener" of "Networking events in .NET", without its timestamps.</summary>
    private static readonly string[] DocumentedEvents =
    [
        "RequestStart: scheme=https host=httpbin.org port=443 pathAndQuery=/get versionMajor=1 versionMinor=1 versionPolicy=0",
        "ConnectionEstablished: versionMajor=1 versionMinor=1",
        "RequestLeftQueue: timeOnQueueMilliseconds=470,6214 versionMajor=1 versionMinor=1",
        "RequestHeadersStart:",
        "RequestHeadersStop:",
        "ResponseHeadersStart:",
        "ResponseHeadersStop:",
        "ResponseContentStart:",
        "ResponseContentStop:",
        "RequestStop:",
        "ConnectionClosed: versionMajor=1 versionMinor=1",
    ];

    [Fact]
    public async Task Every_sample_stands_in_the_README_and_has_a_test()
    {
        var folder = Path.Combine(Repository.Root, "samples");
        var samples = Directory.GetFiles(folder, "*.cs").Select(path => Path.GetFileNameWithoutExtension(path)).Order().ToList();
        var inReadme = Readme.LinksIn(await File.ReadAllTextAsync(Path.Combine(folder, "README.md")))
            .Where(link => Path.GetExtension(link) == ".cs").Select(link => Path.GetFileNameWithoutExtension(link));
        var tested = typeof(SampleTests).GetMethods().SelectMany(method => method.GetCustomAttributesData())
            .Where(attribute => attribute.AttributeType == typeof(TraitAttribute)).Select(attribute => (string)attribute.ConstructorArguments[1].Value!);

        Assert.Equal(samples, inReadme.Order());
        Assert.Equal(samples, tested.Distinct().Order());
    }

    [Fact, Trait(Trait, "event-listener")]
    public async Task The_events_of_one_request_agree_with_the_documented_ones_event_for_event()
    {
        var output = await RunAsync("event-listener");
        var (asDocumented, all) = (output.Split("2. All six providers")[0], output.Split("2. All six providers")[1]);

        var documented = DocumentedEvents.Select(line => new Event(line)).ToList();
        var fromOne = TimedLine().Matches(asDocumented).Select(line => new Event(line.Groups["text"].Value)).ToList();
        var fromSix = TimedLine().Matches(all).Select(line => line.Groups["text"].Value).ToList();
        var httpOfSix = fromSix.Where(line => line.StartsWith("System.Net.Http/", StringComparison.Ordinal)).Select(line => new Event(line["System.Net.Http/".Length..])).ToList();

        Assert.Equal(documented.Select(e => e.Name), fromOne.Select(e => e.Name));
        Assert.Equal(fromOne.Select(e => e.Name), httpOfSix.Select(e => e.Name));

        // Payloads have grown since the document was written: what it shows comes first.
        Assert.All(documented.Zip(fromOne), pair => Assert.Equal(pair.First.PayloadNames, pair.Second.PayloadNames.Take(pair.First.PayloadNames.Count)));
        Assert.All(fromOne.Zip(httpOfSix), pair => Assert.Equal(pair.First.PayloadNames, pair.Second.PayloadNames));
        Assert.StartsWith("RequestStart: scheme=https host=localhost port=", fromOne[0].Text, StringComparison.Ordinal);
        Assert.Contains("pathAndQuery=/get versionMajor=1 versionMinor=1 versionPolicy=0", fromOne[0].Text, StringComparison.Ordinal);

        string[] providers = ["System.Net.Http", "System.Net.NameResolution", "System.Net.Security", "System.Net.Sockets", "Microsoft.AspNetCore.Hosting", "Microsoft-AspNetCore-Server-Kestrel"];
        Assert.All(providers, provider => Assert.Contains(fromSix, line => line.StartsWith(provider + "/", StringComparison.Ordinal)));
    }

    [Fact, Trait(Trait, "typed-consumers")]
    public async Task All_five_interfaces_are_called()
    {
        var output = await RunAsync("typed-consumers");

        Assert.Matches(@"IHttpTelemetryConsumer +Request to localhost started", output);
        Assert.Matches(@"INameResolutionTelemetryConsumer +Looking up localhost", output);
        Assert.Matches(@"ISocketsTelemetryConsumer +Connecting over InterNetwork", output);
        Assert.Matches(@"INetSecurityTelemetryConsumer +Starting TLS handshake with localhost", output);
        Assert.Matches(@"INetSecurityTelemetryConsumer +Agreed on Tls1[23]", output);
        Assert.Matches(@"IKestrelTelemetryConsumer +Received GET /get over HTTP/1.1", output);
        Assert.Matches(@"IHttpTelemetryConsumer +Response headers are there: 200", output);
    }

    [Fact, Trait(Trait, "start-stop-pairs")]
    public async Task A_start_without_a_stop_is_found_where_a_request_fails()
    {
        var output = await RunAsync("start-stop-pairs");

        Assert.Matches(@"(?m)^all is well +200 +-$", output);
        Assert.Matches(@"(?m)^a header that is not ASCII +fails .* RequestHeadersStart$", output);
        Assert.Matches(@"(?m)^a body that cannot be read +fails .* RequestContentStart$", output);
        Assert.Matches(@"(?m)^half of the response headers +fails .* ResponseHeadersStart$", output);
        Assert.Matches(@"(?m)^half of the response body +fails .* -$", output);
    }

    [Fact, Trait(Trait, "async-local")]
    public async Task An_AsyncLocal_flows_down_only_and_tells_requests_apart()
    {
        var output = await RunAsync("async-local");

        AssertInOrder(output, "Value in WorkAsync: 1", "Value in WorkAsync: 2", "Value after WorkAsync: 1");
        Assert.All(["/a", "/b", "/c"], path => Assert.Matches($@"(?m)^{path}: its events saw {path}; headers were sent after [\d.,]+ ms; 4 events on \d+ thread", output));
    }

    [Fact, Trait(Trait, "request-and-connection")]
    public async Task A_request_is_over_before_its_own_lookup_is() =>
        AssertInOrder(await RunAsync("request-and-connection"), "A: Dns stop", "B: Request start", "B: Dns start", "B: Request stop", "B: Dns stop");

    [Fact, Trait(Trait, "internal-diagnostics")]
    public async Task Internal_events_are_many_and_nothing_to_rely_on()
    {
        var output = await RunAsync("internal-diagnostics");

        // The document says 100 and more; how many there are is nothing to rely on either.
        Assert.InRange(int.Parse(Regex.Match(output, @"One request, (\d+) internal events").Groups[1].Value, CultureInfo.InvariantCulture), 50, 10_000);
        Assert.Matches(@"Private\.InternalDiagnostics\.System\.Net\.Http: \d+ events", output);
        Assert.Matches(@"Private\.InternalDiagnostics\.System\.Net\.Sockets: \d+ events", output);
        Assert.Contains("What to rely on here: nothing.", output, StringComparison.Ordinal);
    }

    [Fact, Trait(Trait, "dns-resolutions")]
    public async Task Lookups_of_one_name_are_measured_and_no_others()
    {
        var output = await RunAsync("dns-resolutions");

        AssertInOrder(output, "A request to localhost:", "    DNS resolution for localhost took ", "Another one, on the same connection:", "One to an address", "A lookup of another name:", "without HttpClient:", "    DNS resolution for localhost took ");
        Assert.Equal(2, Regex.Count(output, @"took [\d.,E-]+ ms"));
    }

    [Fact, Trait(Trait, "time-to-headers")]
    public async Task The_server_thinks_for_a_part_of_the_request()
    {
        var measured = Regex.Matches(await RunAsync("time-to-headers"), @"(?:new|same) connection: Request took (?<request>[\d.,]+) ms, server request latency was (?<server>[\d.,]+) ms");

        // 100 ms until the headers, 300 ms more for the body. Timers may be early by the resolution of the system's clock, up to 16 ms.
        Assert.Equal(2, measured.Count);
        Assert.All(measured, line =>
        {
            Assert.InRange(Number(line, "server"), 80, Number(line, "request"));
            Assert.InRange(Number(line, "request"), 360, double.MaxValue);
        });

        // A busy client is late to see the headers, but not both times by half of what the body takes.
        Assert.Contains(measured, line => Number(line, "request") - Number(line, "server") >= 150);
    }

    [Fact, Trait(Trait, "kestrel-request-time")]
    public async Task Kestrel_sees_more_of_a_request_than_a_middleware()
    {
        var output = await RunAsync("kestrel-request-time");

        Assert.All(["/fast", "/slow"], path =>
        {
            var middleware = Regex.Match(output, $@"A middleware measured (?<time>[\d.,]+) ms for {path}");
            var kestrel = Regex.Match(output, $@"KestrelTelemetryConsumer.*Request \S+:0000000\d to {path} took (?<time>[\d.,]+) ms");
            Assert.InRange(Number(kestrel, "time") - Number(middleware, "time"), 30, double.MaxValue);
        });
    }

    [Fact, Trait(Trait, "reverse-proxy-latency")]
    public async Task The_proxys_latency_does_not_contain_the_backends()
    {
        var output = await RunAsync("reverse-proxy-latency");
        var latencies = Regex.Matches(output, @"Internal latency for \S+ to (?<path>\S+) was (?<time>[\d.,E-]+) ms").ToDictionary(line => line.Groups["path"].Value, line => Number(line, "time"));

        AssertInOrder(output, "The backend says first", "The backend says second", "The backend says slow");
        Assert.Equal(["/first", "/second", "/slow"], latencies.Keys.Order());

        // The backend takes 100 ms, which the client waits for beside the proxy, and the proxy 50 ms of its own for /slow. Timers may be early.
        Assert.All(latencies, latency =>
        {
            var whole = Regex.Match(output, $@"The backend says {latency.Key[1..]}, after (?<time>[\d.,E-]+) ms");
            Assert.InRange(latency.Value, 0, Number(whole, "time") - 80);
        });
        Assert.InRange(latencies["/slow"], 30, double.MaxValue);
    }

    [Fact, Trait(Trait, "activity-tree")]
    public async Task Activities_form_a_tree_with_tags_and_events() => AssertInOrder(
        await RunAsync("activity-tree"),
        ", 5 activities", "\nGET /orders/17 (Server, ", "  tag   order.id = 17", "\n    SELECT orders (Client, ", "event first row after ", "rows = 1",
        "\n    SELECT customers (Client, ", "Error: The customer database did not answer.", "event exception after ", "exception.type = System.TimeoutException",
        "\n    render (Internal", "\n        render header (Internal");

    [Fact, Trait(Trait, "activity-ids")]
    public async Task Ids_follow_the_parent_unless_the_default_is_forced()
    {
        var output = await RunAsync("activity-ids");
        const string W3C = "00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]";

        Assert.Matches($@"1\. Activity.DefaultIdFormat is W3C\n   parent {W3C}\n   child  {W3C}\n.*the same trace id \(True\).*\n.*SpanId: True", output);
        Assert.Matches(@"2\. .* = Hierarchical.*\n   parent (\|[^\n]+)\n   child  \1[^\n]+\n.*parent: True", output);
        Assert.Matches($@"3\. .*\n   parent 00-(\w+)-.*\n   child  00-\1-\w+-01 \(W3C\)", output);
        Assert.Matches(@"4\. .*\n   parent (00-.*)\n   child  \|\1\..*\(Hierarchical\)", output);
        Assert.Matches($@"5\. .*\n   parent \|4f6e2a\.1\.\n   child  {W3C} \(W3C, ParentId \|4f6e2a\.1\.\)", output);
    }

    [Fact, Trait(Trait, "activity-current")]
    public async Task The_current_activity_follows_calls_and_awaits()
    {
        var output = await RunAsync("activity-current");

        Assert.Matches(@"at first: +Current = none +Parent = none", output);
        Assert.Matches(@"A started: +Current = A +Parent = none", output);
        Assert.Matches(@"B started inside A: +Current = B +Parent = A", output);
        Assert.Matches(@"B after an await, .*: +Current = B +Parent = A", output);
        Assert.Matches(@"back in the caller, B stopped: +Current = A ", output);
        Assert.Matches(@"C started beside another: +Current = C +Parent = A", output);
        Assert.Matches(@"D started beside another: +Current = D +Parent = A", output);
        Assert.Matches(@"after a method that started E and did not stop it: +Current = A ", output);
        Assert.Matches(@"on a new thread: +Current = A ", output);
        Assert.Matches(@"in a task with the flow suppressed: +Current = none", output);
        Assert.Matches(@"A stopped: +Current = none", output);
        Assert.Contains("the time from start to stop: True", output, StringComparison.Ordinal);
    }

    [Fact, Trait(Trait, "propagation-http")]
    public async Task A_trace_goes_on_at_the_server_in_both_formats()
    {
        var output = await RunAsync("propagation-http");

        Assert.Matches(@"1\. .*\n   client   trace (\w+)\n   header   traceparent: 00-\1-\w{16}-01\n   header   tracestate: vendor=42\n   header   baggage: customer ?= ?Jo\n   server   trace \1\n   server   parent 00-\1-\w{16}-01, state vendor=42, customer Jo", output);
        Assert.Matches(@"2\. .*\n   client   id .*\n   header   none\n   server   id .*\n   server   parent none", output);
        Assert.Matches(@"3\. .*\n   client   id (\|\S+)\n   header   Request-Id: \1\S+\n   header   Correlation-Context: customer=Jo\n   server   id \1.*\n   server   parent \1.* customer Jo", output);
    }

    [Fact, Trait(Trait, "propagation-pipe")]
    public async Task A_trace_goes_on_at_the_other_end_of_a_pipe() => Assert.Matches(
        @"sender    send order: trace (\w{32}), span (\w{16})\nmessage   .*""traceparent"":""00-\1-\2-01"",""tracestate"":""vendor=42"",""baggage"":.*\nreceiver  process order: trace \1, parent \2, remote True\nreceiver  state vendor=42, customer Jo, order a book",
        await RunAsync("propagation-pipe"));

    [Fact, Trait(Trait, "activity-listener")]
    public async Task An_ActivityListener_decides_three_times() => AssertInOrder(
        await RunAsync("activity-listener"),
        "Before anybody listens: StartActivity returns null, HasListeners is False",
        "    started pick", "    started pack", "sampled out: null", "not listened to: null", "After the listener is gone: null",
        "Contoso.Warehouse 1.2 pack, child of pick: boxes = 2", "Contoso.Warehouse 1.2 pick, child of nobody: shelf = B7");

    [Fact, Trait(Trait, "diagnostic-listener")]
    public async Task A_DiagnosticListener_hands_over_objects() => AssertInOrder(
        await RunAsync("diagnostic-listener"),
        "found   Contoso.Orders",
        "heard   ProcessOrder.Start: a book for ", "shipped False, activity ProcessOrder, running",
        "heard   ProcessOrder.Stop: a book for ", "shipped True, activity ProcessOrder, over",
        "a bargain: nobody wants to know");

    [Fact, Trait(Trait, "sampling")]
    public async Task The_answers_of_sampling_have_their_price_beside_the_documented_one()
    {
        var output = await RunAsync("sampling");
        var rows = Regex.Matches(output, @"(?m)^(?<name>\S+|\(no listener\)) +(?<facts>null +- +- +no|made +\w+ +\w+ +yes) +(?<ns>[\d.,]+) +(?<bytes>[\d.,]+)  (?<document>.*)$")
            .ToDictionary(row => row.Groups["name"].Value);

        Assert.Equal(["(no listener)", "AllData", "AllDataAndRecorded", "None", "PropagationData"], rows.Keys.Order(StringComparer.Ordinal));
        Assert.StartsWith("null", rows["None"].Groups["facts"].Value, StringComparison.Ordinal);
        Assert.Matches(@"made +False +False +yes", rows["PropagationData"].Groups["facts"].Value);
        Assert.Matches(@"made +True +False +yes", rows["AllData"].Groups["facts"].Value);
        Assert.Matches(@"made +True +True +yes", rows["AllDataAndRecorded"].Groups["facts"].Value);
        Assert.Equal("< 100 ns", rows["None"].Groups["document"].Value);
        Assert.Equal("< 100 ns", rows["PropagationData"].Groups["document"].Value);
        Assert.Equal("about 1,000 ns", rows["AllData"].Groups["document"].Value);

        // Times swing on a shared machine, allocations do not: this is what makes each answer dearer than the one before.
        Assert.InRange(Number(rows["None"], "bytes"), 0, Number(rows["PropagationData"], "bytes") - 1);
        Assert.InRange(Number(rows["PropagationData"], "bytes"), 1, Number(rows["AllData"], "bytes") - 1);
    }

    [Fact, Trait(Trait, "connection-activities")]
    public async Task Both_requests_link_to_the_connection_that_only_the_first_waited_for()
    {
        var output = await RunAsync("connection-activities");
        const string Link = @"link to HTTP connection_setup localhost:\d+ in trace (?<trace>\w+)";

        var setup = Regex.Match(output, @"trace (?<trace>\w+)\n  HTTP connection_setup localhost:\d+  .*\n(?<rest>(    .*\n)+)");
        Assert.Matches(@"    DNS lookup localhost .*\n +dns.question.name = localhost\n +dns.answers = ", setup.Groups["rest"].Value);
        Assert.Matches(@"    socket connect .*\n", setup.Groups["rest"].Value);
        Assert.Matches(@"    TLS client handshake localhost .*\n +server.address = localhost\n", setup.Groups["rest"].Value);

        Assert.Equal([setup.Groups["trace"].Value, setup.Groups["trace"].Value], Regex.Matches(output, Link).Select(link => link.Groups["trace"].Value));
        Assert.Single(Regex.Matches(output, "    HTTP wait_for_connection localhost"));
        Assert.True(output.IndexOf("wait_for_connection", StringComparison.Ordinal) < output.LastIndexOf("  GET  ", StringComparison.Ordinal));
    }

    [Fact, Trait(Trait, "opentelemetry-exporter")]
    public async Task Spans_of_good_and_bad_requests_reach_our_exporter()
    {
        var output = await RunAsync("opentelemetry-exporter");

        Assert.Matches(@"A batch of \d+ spans from my-service", output);
        Assert.All(["DNS lookup localhost", "socket connect", "HTTP connection_setup localhost", "HTTP wait_for_connection localhost"], name => Assert.Contains(name, output, StringComparison.Ordinal));
        Assert.Matches(@"url.full=http://localhost:\d+/weather\?\*  http.response.status_code=200", output);
        Assert.Matches(@"GET .* ms  ERROR\n.*http.response.status_code=404.*error.type=404", output);
        Assert.Matches(@"GET .* ms  ERROR\n.*error.type=connection_error", output);
        Assert.Matches(@"socket connect .* ms  ERROR\n.*error.type=connection_refused", output);
        Assert.DoesNotContain("secret", output, StringComparison.Ordinal);
    }

    [Fact, Trait(Trait, "service-defaults")]
    public async Task ServiceDefaults_alone_sends_logs_metrics_and_traces_to_a_collector()
    {
        var output = await RunAsync("service-defaults");

        AssertInOrder(output, "/        rain", "/health  Healthy", "/alive   Healthy");
        AssertInOrder(
            output,
            "The collector got /v1/logs", "with The visitor is gone",
            "The collector got /v1/metrics", "with http.client.request.duration",
            "The collector got /v1/traces", "with my-service", "with GET /weather", "with HTTP connection_setup", "with DNS lookup localhost", "with socket connect");
    }

    [Fact, Trait(Trait, "enrichment-library")]
    public async Task The_instrumentation_library_enriches_and_filters()
    {
        var output = await RunAsync("enrichment-library");

        AssertEnriched(output);
        Assert.Matches(@"(?m)^/health\n/nobody-listens$", output);
    }

    [Fact, Trait(Trait, "enrichment-manual")]
    public async Task Diagnostic_events_enrich_without_a_library() => AssertEnriched(await RunAsync("enrichment-manual"));

    private static void AssertEnriched(string output)
    {
        AssertInOrder(output, "/orders\n    span GET", "ours shop.tenant = Contoso", "ours shop.cache = HIT", "\n/nobody-listens\n", "ours shop.tenant = Contoso", "ours shop.cause = SocketException", "failed: ConnectionError");
        Assert.Matches(@"http.response.status_code = 200\n", output);
        Assert.Matches(@"error.type = connection_error\n", output);
    }

    private static async Task<string> RunAsync(string sample)
    {
        var path = $"samples/{sample}.cs";

        // `dotnet run` skips the build of a file that has not changed, also when a project that it references has.
        var hasProjects = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, path))).Contains("#:project", StringComparison.Ordinal);
        string[] arguments = hasProjects ? ["run", "--no-cache", path] : ["run", path];
        var output = await RunningProgram.RunAsync("dotnet", arguments, Repository.Root, new Dictionary<string, string> { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" });
        return output.ReplaceLineEndings("\n");
    }

    private static void AssertInOrder(string output, params string[] parts)
    {
        var position = 0;
        foreach (var part in parts)
        {
            var found = output.IndexOf(part, position, StringComparison.Ordinal);
            Assert.True(found >= 0, $"'{part}' is missing after position {position} in:\n{output}");
            position = found + part.Length;
        }
    }

    private static double Number(Match match, string group)
    {
        Assert.True(match.Success, match.ToString());
        return double.Parse(match.Groups[group].Value, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(?m)^\d\d:\d{3} (?<text>.*)$")]
    private static partial Regex TimedLine();

    /// <summary>An event as the document's listener prints it: <c>Name: payload=value payload=value</c>.</summary>
    private sealed class Event(string text)
    {
        public string Text { get; } = text;

        public string Name { get; } = text.Split(':')[0];

        public IReadOnlyList<string> PayloadNames { get; } = [.. Regex.Matches(text, @"(?<= )(\w+)=").Select(match => match.Groups[1].Value)];
    }
}
