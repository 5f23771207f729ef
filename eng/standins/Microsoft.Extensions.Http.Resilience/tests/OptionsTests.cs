using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Polly;

namespace Microsoft.Extensions.Http.Resilience.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void Defaults_are_those_of_the_package()
    {
        var options = new HttpStandardResilienceOptions();

        Assert.Equal(1000, options.RateLimiter.DefaultRateLimiterOptions.PermitLimit);
        Assert.Equal(0, options.RateLimiter.DefaultRateLimiterOptions.QueueLimit);
        Assert.Equal(TimeSpan.FromSeconds(30), options.TotalRequestTimeout.Timeout);
        Assert.Equal(3, options.Retry.MaxRetryAttempts);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Retry.Delay);
        Assert.Equal(DelayBackoffType.Exponential, options.Retry.BackoffType);
        Assert.True(options.Retry.UseJitter);
        Assert.True(options.Retry.ShouldRetryAfterHeader);
        Assert.Equal(0.1, options.CircuitBreaker.FailureRatio);
        Assert.Equal(100, options.CircuitBreaker.MinimumThroughput);
        Assert.Equal(TimeSpan.FromSeconds(30), options.CircuitBreaker.SamplingDuration);
        Assert.Equal(TimeSpan.FromSeconds(5), options.CircuitBreaker.BreakDuration);
        Assert.Equal(TimeSpan.FromSeconds(10), options.AttemptTimeout.Timeout);
    }

    public static TheoryData<Action<HttpStandardResilienceOptions>, string> Mistakes => new()
    {
        { options => options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(9), "TotalRequestTimeout.Timeout (00:00:09) must be at least AttemptTimeout.Timeout (00:00:10)" },
        { options => options.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(19), "CircuitBreaker.SamplingDuration (00:00:19) must be at least twice AttemptTimeout.Timeout (00:00:10)" },
        { options => options.AttemptTimeout.Timeout = TimeSpan.Zero, "AttemptTimeout.Timeout: " },
        { options => options.Retry.MaxRetryAttempts = 0, "Retry.MaxRetryAttempts: " },
        { options => options.CircuitBreaker.FailureRatio = 2, "CircuitBreaker.FailureRatio: " },
        { options => options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 0, "RateLimiter.DefaultRateLimiterOptions.PermitLimit: must be 1 or more" },
        { options => options.RateLimiter.DefaultRateLimiterOptions.QueueLimit = -1, "RateLimiter.DefaultRateLimiterOptions.QueueLimit: must be 0 or more" },
        { options => options.Retry = null!, "Retry is null" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_found_at_start_and_named(Action<HttpStandardResilienceOptions> mistake, string expected)
    {
        using var services = TestServices.Create(new StubServer(HttpStatusCode.OK), mistake);

        // What the host runs before it starts anything.
        var exception = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains("'test-standard'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_that_just_fit_are_accepted()
    {
        using var services = TestServices.Create(new StubServer(HttpStatusCode.OK), options =>
        {
            options.TotalRequestTimeout.Timeout = options.AttemptTimeout.Timeout;
            options.CircuitBreaker.SamplingDuration = 2 * options.AttemptTimeout.Timeout;
        });

        services.GetRequiredService<IStartupValidator>().Validate();
    }
}
