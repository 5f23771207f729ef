using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Polly.CircuitBreaker;

namespace ConnectionTracingDemo.Tests.ServiceDefaults;

public sealed class CircuitBreakerTests
{
    [Fact]
    public async Task A_dead_host_does_not_open_the_circuit_of_a_healthy_one()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddServiceDefaults();
        builder.Services.ConfigureAll<HttpStandardResilienceOptions>(options =>
        {
            // As few failures as the circuit breaker allows, and without the seconds between them.
            options.CircuitBreaker.MinimumThroughput = 2;
            options.Retry.Delay = TimeSpan.Zero;
        });
        builder.Services.ConfigureHttpClientDefaults(http => http.ConfigurePrimaryHttpMessageHandler(() => new OneDeadHost()));
        using var host = builder.Build();
        using var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient();

        await Assert.ThrowsAsync<BrokenCircuitException>(() => client.GetAsync(new Uri("http://dead/")));

        using var response = await client.GetAsync(new Uri("http://healthy/"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAsync<BrokenCircuitException>(() => client.GetAsync(new Uri("http://dead/again")));
    }

    private sealed class OneDeadHost : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(request.RequestUri!.Host == "dead" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK));
    }
}
