using Polly.CircuitBreaker;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>
/// When to stop sending: a request that meets an open circuit ends with <see cref="BrokenCircuitException"/> and is not retried.
/// Default: for 5 s, when 10 % of at least 100 attempts within 30 s failed, as <see cref="HttpClientResiliencePredicates"/> defines failure.
/// </summary>
public sealed class HttpCircuitBreakerStrategyOptions : CircuitBreakerStrategyOptions<HttpResponseMessage>
{
    /// <summary>Creates options with the defaults.</summary>
    public HttpCircuitBreakerStrategyOptions() =>
        ShouldHandle = args => ValueTask.FromResult(HttpClientResiliencePredicates.IsTransient(args.Outcome));
}
