using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace Microsoft.Extensions.Http.Resilience.Tests;

public sealed class LoggingTests
{
    [Fact]
    public async Task A_request_that_succeeds_leaves_no_trace_above_debug()
    {
        var log = new LogRecorder();
        using var services = Create(log, new StubServer(HttpStatusCode.OK));

        using var response = await services.CreateClient().GetAsync("/?key=secret");

        Assert.NotEmpty(LinesOf(log));
        Assert.All(LinesOf(log), line => Assert.Equal(LogLevel.Debug, line.Level));
    }

    [Fact]
    public async Task A_retry_is_a_warning_with_its_reason_and_never_holds_the_query()
    {
        var log = new LogRecorder();
        var server = new StubServer((attempt, _) => attempt switch
        {
            1 => Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)),
            2 => throw new HttpRequestException(HttpRequestError.ConnectionError, "cannot reach http://server/?key=secret"),
            _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)),
        });
        using var services = Create(log, server);

        using var response = await services.CreateClient().GetAsync("/?key=secret");

        var warnings = LinesOf(log).Where(line => line.Level == LogLevel.Warning).Select(line => line.Text).ToList();
        Assert.Equal(2, warnings.Count);
        Assert.StartsWith("test-standard/Standard-Retry OnRetry: attempt 1 ended with status 503, next one in 00:00:00", warnings[0], StringComparison.Ordinal);
        Assert.Contains("HttpRequestException (ConnectionError)", warnings[1], StringComparison.Ordinal);
        Assert.DoesNotContain(LinesOf(log), line => line.Text.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Giving_up_is_an_error()
    {
        var log = new LogRecorder();
        using var services = Create(log, new StubServer(HttpStatusCode.ServiceUnavailable));

        using var response = await services.CreateClient().GetAsync("/");

        var error = Assert.Single(LinesOf(log), line => line.Level == LogLevel.Error);
        Assert.Contains("attempt 4 ended with status 503", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_timeout_an_open_circuit_and_a_rejection_are_errors()
    {
        var log = new LogRecorder();
        var clock = new ManualTimeProvider();
        var server = new StubServer((_, cancellationToken) => StubServer.NeverAsync(cancellationToken));
        using var services = Create(
            log,
            server,
            options =>
            {
                options.Retry.MaxRetryAttempts = 1;
                options.CircuitBreaker.MinimumThroughput = 2;
                options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 1;
            },
            clock);
        var client = services.CreateClient();

        var running = client.GetAsync("/");
        await Assert.ThrowsAsync<RateLimiterRejectedException>(() => client.GetAsync("/"));

        Assert.Equal(TimeSpan.FromSeconds(30), await clock.NextTimerAsync());
        Assert.Equal(TimeSpan.FromSeconds(10), await clock.NextTimerAsync());
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(10), await clock.NextTimerAsync());
        clock.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => running);

        await Assert.ThrowsAsync<BrokenCircuitException>(() => client.GetAsync("/"));

        var errors = LinesOf(log).Where(line => line.Level == LogLevel.Error).Select(line => line.Text).ToList();
        Assert.Contains(errors, text => text.Contains("OnRateLimiterRejected: RateLimiterRejectedException", StringComparison.Ordinal));
        Assert.Contains(errors, text => text.Contains("OnTimeout: no answer within 00:00:10", StringComparison.Ordinal));
        Assert.Contains(errors, text => text.Contains("OnCircuitOpened: nothing is sent for 00:00:05", StringComparison.Ordinal));
    }

    private static ServiceProvider Create(LogRecorder log, StubServer server, Action<HttpStandardResilienceOptions>? configure = null, TimeProvider? clock = null) =>
        TestServices.Create(
            services =>
            {
                services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
                services.AddHttpClient("test").AddStandardResilienceHandler(TestServices.WithoutDelay).Configure(configure ?? (_ => { }));
            },
            server,
            clock);

    private static List<(string Category, LogLevel Level, string Text)> LinesOf(LogRecorder log) => [.. log.Lines.Where(line => line.Category == "Polly")];
}
