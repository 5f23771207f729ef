using ConnectionTracing.Runtime;
using Microsoft.Extensions.Logging;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>A runtime that behaves differently from those that are known is said once in the log, and a known one never.</summary>
public sealed class RuntimeCheckTests
{
    private readonly List<string> _told = [];
    private readonly RuntimeCheck _check;

    public RuntimeCheckTests() => _check = new RuntimeCheck(_told.Add);

    [Fact]
    public void Requests_that_are_never_current_when_their_connection_is_opened_are_told_once()
    {
        Repeat(RuntimeCheck.Certain - 1, () => _check.OnFirstServed());
        Assert.Empty(_told);

        Repeat(RuntimeCheck.Certain, () => _check.OnFirstServed());
        Assert.Contains("httpclient.connection.initiated", Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_without_events_are_told_once()
    {
        Repeat(2 * RuntimeCheck.Certain, () => _check.OnAnswered(hasEvents: false));

        Assert.Contains("httpclient.send_ms", Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public void Some_that_are_not_as_expected_are_no_other_behavior()
    {
        _check.OnSetupInRequest();
        _check.OnAnswered(hasEvents: true);
        Repeat(1000, () => _check.OnFirstServed());
        Repeat(1000, () => _check.OnAnswered(hasEvents: false));

        Assert.Empty(_told);
    }

    [Fact]
    public void Unknown_payload_is_told_once()
    {
        _check.OnUnknownPayload("System.Net.Http/RequestHeadersStart");
        _check.OnUnknownPayload("System.Net.Http/ConnectionClosed");

        Assert.Contains("RequestHeadersStart", Assert.Single(_told), StringComparison.Ordinal);
    }

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }

    /// <summary>This runtime is one of those that are known.</summary>
    [Collection(NetworkSources.Name)]
    public sealed class OfThisRuntime
    {
        [Fact]
        public async Task Nothing_is_told()
        {
            await using var host = await TracedHost.StartAsync(new Dictionary<string, string?> { ["ConnectionTracing:Diagnosis:Enabled"] = "false" });
            await using var server = await TestServer.StartAsync(https: true);
            for (var i = 0; i < 2 * RuntimeCheck.Certain; i++)
            {
                using var client = new HttpClient(TestServer.NewTrustingHandler());
                await client.GetStringAsync(server.Url("/known"));
            }

            // Handlers below HttpClient, too.
            using var invoker = new HttpMessageInvoker(TestServer.NewTrustingHandler());
            for (var i = 0; i < 2 * RuntimeCheck.Certain; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, server.Url("/known"));
                using var response = await invoker.SendAsync(request, CancellationToken.None);
            }

            Assert.DoesNotContain(host.Log, line => line.Level >= LogLevel.Warning);
        }

        [Fact]
        public async Task Difference_is_told_to_every_host()
        {
            await using var host = await TracedHost.StartAsync();
            await using var other = await TracedHost.StartAsync();

            TracingSubscription.Tracker!.Check.OnUnknownPayload("an event");

            Assert.All(new[] { host, other }, each => Assert.Contains(
                $"Runtime {Environment.Version} behaves differently", Assert.Single(each.Log, line => line.Level == LogLevel.Warning).Message, StringComparison.Ordinal));
        }
    }
}
