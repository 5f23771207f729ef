namespace Microsoft.Extensions.Http.Resilience;

/// <summary>
/// The five strategies of the standard pipeline. A request passes them in this order: <see cref="RateLimiter"/>,
/// <see cref="TotalRequestTimeout"/>, <see cref="Retry"/>, <see cref="CircuitBreaker"/>, <see cref="AttemptTimeout"/>.
/// </summary>
/// <remarks>
/// The attempt timeout may not exceed the total one, nor half of the circuit breaker's sampling duration: a circuit breaker that forgets a
/// failure before the next can time out never sees two of them.
/// </remarks>
public sealed class HttpStandardResilienceOptions
{
    /// <summary>Gets or sets how many requests may run at once. Default: 1000, and none may queue.</summary>
    public HttpRateLimiterStrategyOptions RateLimiter { get; set; } = new() { Name = "Standard-RateLimiter" };

    /// <summary>Gets or sets the limit for a request with all its attempts and the delays between them. Default: 30 s.</summary>
    public HttpTimeoutStrategyOptions TotalRequestTimeout { get; set; } = new() { Name = "Standard-TotalRequestTimeout" };

    /// <summary>Gets or sets how a request that failed is sent again. Default: up to 3 times, after about 2, 4 and 8 s, or when <c>Retry-After</c> says.</summary>
    public HttpRetryStrategyOptions Retry { get; set; } = new() { Name = "Standard-Retry" };

    /// <summary>Gets or sets when to stop sending. Default: for 5 s, when 10 % of at least 100 attempts within 30 s failed.</summary>
    public HttpCircuitBreakerStrategyOptions CircuitBreaker { get; set; } = new() { Name = "Standard-CircuitBreaker" };

    /// <summary>Gets or sets the limit for each attempt, up to the response's headers. Default: 10 s.</summary>
    public HttpTimeoutStrategyOptions AttemptTimeout { get; set; } = new() { Name = "Standard-AttemptTimeout", Timeout = TimeSpan.FromSeconds(10) };
}
