using Polly.RateLimiting;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>How many requests may run at once. Default: 1000, and none may queue.</summary>
public sealed class HttpRateLimiterStrategyOptions : RateLimiterStrategyOptions;
