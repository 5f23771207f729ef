using System.Net;
using System.Net.Http.Headers;
using Polly.Timeout;

namespace Microsoft.Extensions.Http.Resilience.Tests;

public sealed class RetryTests
{
    [Theory]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task A_transient_status_is_retried(HttpStatusCode status)
    {
        var server = new StubServer(status, HttpStatusCode.OK);
        using var services = TestServices.Create(server, TestServices.WithoutDelay);

        using var response = await services.CreateClient().GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.Found)]
    [InlineData(HttpStatusCode.NotFound)]
    public async Task Another_status_is_not(HttpStatusCode status)
    {
        var server = new StubServer(status);
        using var services = TestServices.Create(server, TestServices.WithoutDelay);

        using var response = await services.CreateClient().GetAsync("/");

        Assert.Equal(status, response.StatusCode);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_failed_connection_is_retried_and_its_exception_is_the_last_word()
    {
        var server = new StubServer((_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError));
        using var services = TestServices.Create(server, TestServices.WithoutDelay);

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => services.CreateClient().GetAsync("/"));

        Assert.Equal(HttpRequestError.ConnectionError, exception.HttpRequestError);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task A_mistake_of_the_program_is_not_retried()
    {
        var server = new StubServer((_, _) => throw new InvalidOperationException());
        using var services = TestServices.Create(server, TestServices.WithoutDelay);

        await Assert.ThrowsAsync<InvalidOperationException>(() => services.CreateClient().GetAsync("/"));

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_connect_timeout_of_the_real_handler_is_retried()
    {
        var attempts = 0;
        using var connection = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(20),
            ConnectCallback = async (_, cancellationToken) =>
            {
                Interlocked.Increment(ref attempts);
                await StubServer.NeverAsync(cancellationToken);
                throw new InvalidOperationException("never");
            },
        });
        var server = new StubServer((_, cancellationToken) => connection.SendAsync(new HttpRequestMessage(HttpMethod.Get, "http://server"), cancellationToken));
        using var services = TestServices.Create(server, TestServices.WithoutDelay);

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => services.CreateClient().GetAsync("/"));

        Assert.IsType<TimeoutException>(exception.InnerException);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task A_cancellation_by_the_caller_is_not_retried()
    {
        using var caller = new CancellationTokenSource();
        var server = new StubServer((_, cancellationToken) =>
        {
            caller.Cancel();
            return StubServer.NeverAsync(cancellationToken);
        });
        using var services = TestServices.Create(server, TestServices.WithoutDelay);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => services.CreateClient().GetAsync("/", caller.Token));

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task After_three_retries_the_last_response_is_returned_and_the_others_are_disposed()
    {
        var server = new StubServer(HttpStatusCode.ServiceUnavailable);
        using var services = TestServices.Create(server, TestServices.WithoutDelay);

        using var response = await services.CreateClient().GetAsync("/");

        Assert.Equal([true, true, true, false], server.Responses.Select(IsDisposed));
        Assert.Same(server.Responses[3], response);
    }

    [Fact]
    public async Task The_same_message_is_sent_again_with_its_content()
    {
        var server = new StubServer(HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);
        using var services = TestServices.Create(server, TestServices.WithoutDelay);
        using var content = new StringContent("sent twice");

        using var response = await services.CreateClient().PostAsync("/", content);

        Assert.Equal(["sent twice", "sent twice"], server.Bodies);
        Assert.Same(server.Requests[0], server.Requests[1]);
    }

    [Fact]
    public async Task Delays_double_from_two_seconds()
    {
        var clock = new ManualTimeProvider();
        var server = new StubServer(HttpStatusCode.ServiceUnavailable);
        using var services = TestServices.Create(server, options => options.Retry.UseJitter = false, clock);

        var sending = services.CreateClient().GetAsync("/");

        await SkipTimerAsync(clock, 30);
        foreach (var delay in new[] { 2, 4, 8 })
        {
            await SkipTimerAsync(clock, 10);
            Assert.Equal(TimeSpan.FromSeconds(delay), await clock.NextTimerAsync());
            clock.Advance(TimeSpan.FromSeconds(delay));
        }

        using var response = await sending;
        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Thu, 01 Jan 2026 12:00:09 GMT", 9)]
    public async Task The_server_may_say_when_to_retry(string retryAfter, int expectedSeconds)
    {
        var clock = new ManualTimeProvider();
        var server = new StubServer((attempt, _) => Task.FromResult(attempt == 1 ? Busy(retryAfter) : new HttpResponseMessage(HttpStatusCode.OK)));
        using var services = TestServices.Create(server, clock: clock);

        var sending = services.CreateClient().GetAsync("/");

        await SkipTimerAsync(clock, 30);
        await SkipTimerAsync(clock, 10);
        var delay = await clock.NextTimerAsync();
        clock.Advance(delay);
        using var response = await sending;

        Assert.Equal(TimeSpan.FromSeconds(expectedSeconds), delay);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_date_that_has_passed_means_now()
    {
        var server = new StubServer((attempt, _) => Task.FromResult(
            attempt == 1 ? Busy("Thu, 01 Jan 2026 11:00:00 GMT") : new HttpResponseMessage(HttpStatusCode.OK)));
        using var services = TestServices.Create(server, clock: new ManualTimeProvider());

        // The clock stands still: any delay would be forever.
        using var response = await services.CreateClient().GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_server_s_wish_can_be_ignored()
    {
        var server = new StubServer((attempt, _) => Task.FromResult(attempt == 1 ? Busy("7") : new HttpResponseMessage(HttpStatusCode.OK)));
        using var services = TestServices.Create(
            server,
            options =>
            {
                options.Retry.ShouldRetryAfterHeader = false;
                options.Retry.Delay = TimeSpan.Zero;
            },
            new ManualTimeProvider());

        using var response = await services.CreateClient().GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_retried()
    {
        var clock = new ManualTimeProvider();
        var server = new StubServer((attempt, cancellationToken) =>
            attempt == 1 ? StubServer.NeverAsync(cancellationToken) : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)));
        using var services = TestServices.Create(server, TestServices.WithoutDelay, clock);

        var sending = services.CreateClient().GetAsync("/");
        await SkipTimerAsync(clock, 30);
        await SkipTimerAsync(clock, 10);
        clock.Advance(TimeSpan.FromSeconds(10));

        using var response = await sending;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task The_total_timeout_also_ends_a_delay()
    {
        var clock = new ManualTimeProvider();
        var server = new StubServer((_, _) => Task.FromResult(Busy("60")));
        using var services = TestServices.Create(server, clock: clock);

        var sending = services.CreateClient().GetAsync("/");
        await SkipTimerAsync(clock, 30);
        await SkipTimerAsync(clock, 10);
        await SkipTimerAsync(clock, 60);
        clock.Advance(TimeSpan.FromSeconds(30));

        var exception = await Assert.ThrowsAsync<TimeoutRejectedException>(() => sending);
        Assert.Equal(TimeSpan.FromSeconds(30), exception.Timeout);
        Assert.Single(server.Requests);
    }

#pragma warning disable EXTEXP0001 // As in the package, these are experimental.
    [Theory]
    [InlineData("GET", 4)]
    [InlineData("POST", 1)]
    [InlineData("DELETE", 1)]
    public async Task Unsafe_methods_can_be_excluded(string method, int expected)
    {
        var server = new StubServer((_, _) => throw new HttpRequestException());
        using var services = TestServices.Create(server, options =>
        {
            options.Retry.Delay = TimeSpan.Zero;
            options.Retry.DisableForUnsafeHttpMethods();
        });
        using var request = new HttpRequestMessage(new HttpMethod(method), "/");

        await Assert.ThrowsAsync<HttpRequestException>(() => services.CreateClient().SendAsync(request));

        Assert.Equal(expected, server.Requests.Count);
    }
#pragma warning restore EXTEXP0001

    [Fact]
    public void A_synchronous_request_is_retried_too()
    {
        var server = new StubServer(HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);
        using var services = TestServices.Create(server, TestServices.WithoutDelay);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");

        using var response = services.CreateClient().Send(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(2, server.Requests.Count);
    }

    private static HttpResponseMessage Busy(string retryAfter) =>
        new(HttpStatusCode.ServiceUnavailable) { Headers = { RetryAfter = RetryConditionHeaderValue.Parse(retryAfter) } };

    private static async Task SkipTimerAsync(ManualTimeProvider clock, int expectedSeconds) =>
        Assert.Equal(TimeSpan.FromSeconds(expectedSeconds), await clock.NextTimerAsync());

    private static bool IsDisposed(HttpResponseMessage response)
    {
        try
        {
            response.Content = null;
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
