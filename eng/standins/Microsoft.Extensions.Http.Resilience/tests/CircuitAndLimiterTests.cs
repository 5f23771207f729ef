using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly.CircuitBreaker;
using Polly.RateLimiting;

namespace Microsoft.Extensions.Http.Resilience.Tests;

public sealed class CircuitAndLimiterTests
{
    [Fact]
    public async Task An_open_circuit_sends_nothing_and_closes_again_when_the_server_recovers()
    {
        var clock = new ManualTimeProvider();
        var server = new StubServer(HttpStatusCode.InternalServerError, HttpStatusCode.InternalServerError, HttpStatusCode.OK);
        using var services = TestServices.Create(server, OpenAfterTwo, clock);
        var client = services.CreateClient();

        await Assert.ThrowsAsync<BrokenCircuitException>(() => client.GetAsync("/"));
        await Assert.ThrowsAsync<BrokenCircuitException>(() => client.GetAsync("/"));
        Assert.Equal(2, server.Requests.Count);

        clock.Advance(TimeSpan.FromSeconds(5));
        using var response = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Handlers_of_one_name_share_the_circuit_and_another_name_has_its_own()
    {
        var server = new StubServer(HttpStatusCode.InternalServerError);
        using var services = TestServices.Create(
            services =>
            {
                services.AddHttpClient("test").AddStandardResilienceHandler(OpenAfterTwo);
                services.AddHttpClient("other").AddStandardResilienceHandler(OpenAfterTwo);
            },
            server);

        await Assert.ThrowsAsync<BrokenCircuitException>(() => services.CreateClient().GetAsync("/"));
        Assert.Equal(2, server.Requests.Count);

        // What the factory does when it replaces an old handler.
        var handler = services.GetRequiredService<StandardPipelines>().CreateHandler("test-standard");
        handler.InnerHandler = server;
        using var replaced = new HttpClient(handler);
        await Assert.ThrowsAsync<BrokenCircuitException>(() => replaced.GetAsync("http://server"));
        Assert.Equal(2, server.Requests.Count);

        await Assert.ThrowsAsync<BrokenCircuitException>(() => services.CreateClient("other").GetAsync("/"));
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task The_defaults_of_every_client_are_one_pipeline_as_in_the_package()
    {
        var server = new StubServer(HttpStatusCode.InternalServerError);
        using var services = TestServices.Create(
            services => services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler(OpenAfterTwo)), server);

        await Assert.ThrowsAsync<BrokenCircuitException>(() => services.CreateClient("one").GetAsync("/"));
        await Assert.ThrowsAsync<BrokenCircuitException>(() => services.CreateClient("another").GetAsync("/"));

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task One_request_too_many_is_rejected_and_a_finished_one_makes_room()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        var server = new StubServer((attempt, _) => attempt == 1 ? answer.Task : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)));
        using var services = TestServices.Create(server, options => options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 1);
        var client = services.CreateClient();

        var running = client.GetAsync("/");
        await Assert.ThrowsAsync<RateLimiterRejectedException>(() => client.GetAsync("/"));
        Assert.Single(server.Requests);

        answer.SetResult(new HttpResponseMessage(HttpStatusCode.OK));
        using var first = await running;
        using var second = await client.GetAsync("/");
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_queued_request_is_sent_when_its_turn_comes()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        var server = new StubServer((attempt, _) => attempt == 1 ? answer.Task : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)));
        using var services = TestServices.Create(server, options =>
        {
            options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 1;
            options.RateLimiter.DefaultRateLimiterOptions.QueueLimit = 1;
        });
        var client = services.CreateClient();

        var running = client.GetAsync("/");
        var queued = client.GetAsync("/");
        Assert.Single(server.Requests);

        answer.SetResult(new HttpResponseMessage(HttpStatusCode.OK));
        using var first = await running;
        using var second = await queued;
        Assert.Equal(2, server.Requests.Count);
    }

    private static void OpenAfterTwo(HttpStandardResilienceOptions options)
    {
        options.Retry.Delay = TimeSpan.Zero;
        options.CircuitBreaker.MinimumThroughput = 2;
    }
}
