using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ConnectionTracing;
using ConnectionTracingDemo.Tests.Hosting;

namespace ConnectionTracingDemo.Tests.FaultLab;

/// <summary>Each scenario of the fault lab shows the phase that hurts, and the diagnosis names its cause and no other.</summary>
[Collection(SharedDemo.Name)]
public sealed partial class ScenarioTests(DemoApplication demo) : IDisposable
{
    private readonly LabVisitor _lab = new(demo.WebUrl);

    public void Dispose() => _lab.Dispose();

    [Fact]
    public async Task Cold_and_warm_only_the_first_request_opens_the_connection()
    {
        var run = await RunAsync("cold-and-warm", finding: null);

        var (cold, warm) = (run.Requests[0], run.Requests.Skip(1).ToList());
        Assert.Equal(2, warm.Count);
        Assert.All(["dns", "tcp", "tls"], phase => Assert.True(cold.Has(phase), $"{run}"));
        Assert.All(warm, request => Assert.False(request.Has("dns") || request.Has("tcp") || request.Has("tls"), $"{run}"));
        Assert.All(warm, request => Assert.True(request.Reused, $"{run}"));
        Assert.Single(run.Connections);
        AssertAllSucceed(run);
    }

    [Fact]
    public async Task Small_pool_requests_wait_for_each_other_and_not_for_the_server()
    {
        var run = await RunAsync("small-pool", FindingCause.PoolSaturated);

        AssertStaircase(run.Requests, run);
        Assert.Equal(2, run.Connections.Count);
        AssertAllSucceed(run);
    }

    [Fact]
    public async Task Connection_churn_every_request_opens_a_connection()
    {
        var run = await RunAsync("connection-churn", FindingCause.ConnectionChurn);

        AssertEachOpensItsOwn(run);
        AssertAllSucceed(run);
    }

    [Fact]
    public async Task Idle_closed_every_request_opens_a_connection()
    {
        var run = await RunAsync("idle-closed", FindingCause.IdleClosed);

        AssertEachOpensItsOwn(run);
        AssertAllSucceed(run);
    }

    [Fact]
    public async Task Http1_against_http2_many_connections_against_one()
    {
        var run = await RunAsync("http1-against-http2", FindingCause.ColdStartBurst);

        var versions = run.Requests.ToLookup(request => request.Protocol);
        Assert.Equal(versions["1.1"].Count(), versions["2"].Count());
        // Where the machine is busy, an early connection may be free again before the last request has its own.
        Assert.True(versions["1.1"].Count(request => request.Has("tls")) > versions["1.1"].Count() / 2, $"{run}");
        Assert.Single(versions["2"].Select(request => request.Connection).Distinct());
        AssertAllSucceed(run);
    }

    [Fact]
    public async Task Stream_limit_requests_wait_for_each_other_on_one_connection()
    {
        var run = await RunAsync("stream-limit", FindingCause.StreamLimit);

        AssertStaircase(run.Requests.Skip(1), run);
        Assert.Single(run.Connections);
        Assert.All(run.Requests, request => Assert.Equal("2", request.Protocol));
        AssertAllSucceed(run);
    }

    [Fact]
    public async Task Unknown_host_the_lookup_fails()
    {
        // What the lookup ends with is up to the machine's resolver: there may be none that answers.
        var answer = await Assert.ThrowsAsync<SocketException>(() => Dns.GetHostAddressesAsync("asked-by-the-test.invalid"));
        var known = answer.SocketErrorCode == SocketError.HostNotFound;
        var run = known ? await RunAsync("unknown-host", FindingCause.HostNotFound) : await _lab.RunAsync("unknown-host");

        var request = Assert.Single(run.Requests);
        Assert.True(request is { Status: null, ErrorType: not null }, $"{run}");
        Assert.NotNull(request.Phase("dns").ErrorType);
        Assert.False(request.Has("tcp"), $"{run}");
        if (!known)
        {
            Assert.DoesNotContain(run.Findings, found => found.Cause == FindingCause.HostNotFound);
        }

        var (_, form) = await _lab.GetPageAsync();
        Assert.Contains("Where no DNS server answers", form, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_port_the_connect_fails()
    {
        var run = await RunAsync("refused-port", FindingCause.ConnectionRefused);

        var request = AssertFails(run, "connection_error");
        Assert.Equal("connection_refused", request.Phase("tcp").ErrorType);
        Assert.False(request.Has("tls"), $"{run}");
    }

    [Fact]
    public async Task Hanging_connect_is_nearly_all_of_the_time()
    {
        var run = await RunAsync("hanging-connect", FindingCause.SlowConnect);

        var request = AssertFails(run, "System.Threading.Tasks.TaskCanceledException");
        Assert.NotNull(request.Phase("tcp").ErrorType);
        Assert.True(request.Phase("tcp").Duration > request.Duration / 2, $"{run}");
    }

    [Fact]
    public async Task Dead_first_address_costs_more_than_the_one_that_works()
    {
        var run = await RunAsync("dead-first-address", FindingCause.FirstAddressFails);

        var attempts = run.Requests.Single().Phases.Where(phase => phase.Name == "tcp").ToList();
        Assert.Equal(2, attempts.Count);
        Assert.NotNull(attempts[0].ErrorType);
        Assert.Null(attempts[1].ErrorType);
        Assert.True(attempts[0].Duration > attempts[1].Duration, $"{run}");
        AssertAllSucceed(run);
    }

    [Fact]
    public async Task Slow_tls_the_first_request_pays_for_the_handshake()
    {
        var run = await RunAsync("slow-tls", FindingCause.SlowTls);

        var (cold, warm) = (run.Requests[0], run.Requests[1]);
        Assert.True(cold.Phase("tls").Duration > cold.Duration / 2, $"{run}");
        Assert.False(warm.Has("tls"), $"{run}");
        Assert.True(warm.Duration < cold.Duration, $"{run}");
        AssertAllSucceed(run);
    }

    [Fact]
    public async Task Untrusted_certificate_the_handshake_fails()
    {
        var run = await RunAsync("untrusted-certificate", FindingCause.UntrustedCertificate);

        var request = AssertFails(run, "secure_connection_error");
        Assert.NotNull(request.Phase("tls").ErrorType);
        Assert.Null(request.Phase("tcp").ErrorType);
    }

    [Fact]
    public async Task Client_certificate_refused_the_handshake_succeeds_and_the_request_fails()
    {
        var run = await RunAsync("client-certificate-refused", FindingCause.ClientCertificateRefused);

        var request = Assert.Single(run.Requests);
        Assert.True(request is { Status: null, ErrorType: not null }, $"{run}");
        Assert.Null(request.Phase("tls").ErrorType);
    }

    [Fact]
    public async Task Plaintext_on_tls_the_handshake_fails_at_once()
    {
        var run = await RunAsync("plaintext-on-tls", FindingCause.PlaintextOnTlsPort);

        var request = AssertFails(run, "secure_connection_error");
        Assert.NotNull(request.Phase("tls").ErrorType);
        Assert.Null(request.Phase("tcp").ErrorType);
    }

    [Fact]
    public async Task Proxy_down_the_finding_names_the_proxy_and_not_the_server()
    {
        var run = await RunAsync("proxy-down", FindingCause.ProxyUnreachable);

        var request = Assert.Single(run.Requests);
        Assert.True(request is { Status: null, ErrorType: not null }, $"{run}");
        Assert.Equal("connection_refused", request.Phase("tcp").ErrorType);
        var finding = Assert.Single(run.Findings);
        Assert.Equal("127.0.0.1", finding.Host);
        Assert.NotNull(finding.Port);
        Assert.NotEqual(request.Port, finding.Port);
    }

    [Fact]
    public async Task Slow_resolver_the_first_request_pays_for_what_no_other_phase_covers()
    {
        var run = await RunAsync("slow-resolver", FindingCause.SlowSetup);

        var (cold, warm) = (run.Requests[0], run.Requests[1]);
        Assert.True(cold.Total("other") > cold.Duration / 2, $"{run}");
        Assert.False(warm.Has("other"), $"{run}");
        AssertAllSucceed(run);
    }

    [Fact]
    public async Task Ignored_continue_costs_every_request_the_whole_timeout()
    {
        var run = await RunAsync("ignored-continue", FindingCause.SlowContinue);

        // Expect100ContinueTimeout is a second; timers may be early by some milliseconds.
        Assert.All(run.Requests, request => Assert.True(request.Method == "POST" && request.Phase("continue").Duration > 900, $"{run}"));
        AssertAllSucceed(run);
    }

    [Fact]
    public async Task Starved_thread_pool_holds_up_the_answer_of_a_server_that_is_quick()
    {
        var run = await RunAsync("starved-thread-pool", FindingCause.ThreadPoolStarvation);

        var (warm, starved) = (run.Requests[0], run.Requests[1]);
        Assert.True(starved.Reused, $"{run}");
        Assert.True(starved.Total("wait") > 1000 && starved.Duration > warm.Duration, $"{run}");
        Assert.True(run.Findings[0] is { Host: null, Port: null }, $"{run}");
        AssertAllSucceed(run);
    }

    [Fact]
    public async Task Slow_headers_the_server_is_waited_for()
    {
        var run = await RunAsync("slow-headers", FindingCause.SlowServer);

        var request = run.Requests.Single();
        Assert.True(request.Phase("wait").Duration > request.Duration / 2, $"{run}");
        AssertAllSucceed(run);
    }

    [Fact]
    public async Task Slow_body_reading_takes_longer_than_all_before_it()
    {
        var run = await RunAsync("slow-body", FindingCause.SlowBody);

        var request = run.Requests.Single();
        Assert.True(request.Phase("read").Duration > request.Duration, $"{run}");
        AssertAllSucceed(run);
    }

    [Fact]
    public async Task Cancelled_request_fails_and_its_connection_does_not()
    {
        var run = await RunAsync("cancelled-request", finding: null);

        var request = AssertFails(run, "System.Threading.Tasks.TaskCanceledException");
        Assert.All(["dns", "tcp", "tls"], name => Assert.DoesNotContain(request.Phases, phase => phase.Name == name && phase.ErrorType is not null));
        Assert.NotNull(request.Connection);
    }

    [Fact]
    public async Task Two_runs_at_once_do_not_disturb_each_other()
    {
        var runs = await Task.WhenAll(RunAsync("refused-port", FindingCause.ConnectionRefused), RunAsync("refused-port", FindingCause.ConnectionRefused), RunAsync("slow-body", FindingCause.SlowBody));

        Assert.All(runs, run => Assert.Single(run.Requests));
        Assert.Equal(3, runs.SelectMany(run => run.Ports).Distinct().Count());
        Assert.Equal(3, runs.Select(run => run.TraceId).Distinct().Count());
        Assert.All(runs, run => Assert.All(run.Requests, request => Assert.Equal(run.TraceId, request.TraceId)));
    }

    [Fact]
    public async Task Every_scenario_has_a_test_of_its_name()
    {
        var (_, html) = await _lab.GetPageAsync();
        var scenarios = CardId().Matches(html).Select(card => card.Groups["id"].Value).ToList();
        var tests = typeof(ScenarioTests).GetMethods().Select(method => method.Name.ToLowerInvariant().Replace('_', '-')).ToList();

        Assert.NotEmpty(scenarios);
        Assert.DoesNotContain(scenarios, scenario => !tests.Exists(test => test.StartsWith(scenario, StringComparison.Ordinal)));
    }

    [GeneratedRegex("""class="scenario" id="(?<id>[^"]+)""")]
    private static partial Regex CardId();

    /// <param name="finding">The one cause that the diagnosis is to name; null: none.</param>
    private async Task<LabRun> RunAsync(string scenario, string? finding)
    {
        var run = await _lab.RunAsync(scenario);

        AssertFound(finding, run.Findings, run);
        // Asked again: one may have come late.
        AssertFound(finding, (await _lab.GetFindingsAsync()).Where(found => found.TraceId == run.TraceId && (found.Host is null || run.Requests.Any(request => request.SpanId == found.SpanId))), run);
        Assert.True(run.AsExpected, $"{run}");
        Assert.Equal(run.Sent, run.Requests.Count);
        Assert.Equal(finding, run.ExpectedCause);
        Assert.All(run.Findings, found => Assert.Contains(run.Requests, request => request.SpanId == found.SpanId && request.TraceId == found.TraceId));
        return run;
    }

    private static void AssertFound(string? finding, IEnumerable<Finding> findings, LabRun run) =>
        Assert.True(findings.Select(found => found.Cause).SequenceEqual(finding is null ? [] : [finding]), $"Expected '{finding}' and nothing else. {run}");

    private static void AssertAllSucceed(LabRun run) => Assert.All(run.Requests, request => Assert.True(request is { Status: 200, ErrorType: null }, $"{run}"));

    private static TracedRequest AssertFails(LabRun run, string errorType)
    {
        var request = Assert.Single(run.Requests);
        Assert.True(request.Status is null && request.ErrorType == errorType, $"{run}");
        return request;
    }

    private static void AssertEachOpensItsOwn(LabRun run)
    {
        Assert.True(run.Requests.Count > 2, $"{run}");
        Assert.All(run.Requests, request => Assert.True(request.Has("tcp") && request.Has("tls"), $"{run}"));
        Assert.Equal(run.Requests.Count, run.Connections.Count);
    }

    /// <summary>Two at a time: the last wait as long as the others take.</summary>
    private static void AssertStaircase(IEnumerable<TracedRequest> requests, LabRun run)
    {
        var (queues, waits) = (requests.Sum(request => request.Total("queue")), requests.Sum(request => request.Total("wait")));
        Assert.True(queues > waits, $"{run}");

        var last = requests.MaxBy(request => request.Total("queue"))!;
        Assert.True(last.Total("queue") > last.Total("wait"), $"{run}");
    }
}
