using Polly.Timeout;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>A time limit, from 10 ms to 24 h; what exceeds it ends with <see cref="TimeoutRejectedException"/>. Default: 30 s.</summary>
public sealed class HttpTimeoutStrategyOptions : TimeoutStrategyOptions;
