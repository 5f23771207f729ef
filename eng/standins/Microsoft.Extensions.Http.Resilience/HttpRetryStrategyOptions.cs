using Polly;
using Polly.Retry;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>
/// How a request that failed, as <see cref="HttpClientResiliencePredicates"/> defines failure, or could not connect in time is sent again.
/// Default: up to 3 times, after 2, 4 and 8 s, each changed at random so that clients do not return all at once.
/// </summary>
/// <remarks>The same request message is sent again: content that can be read only once, such as a network stream, cannot be retried.</remarks>
public sealed class HttpRetryStrategyOptions : RetryStrategyOptions<HttpResponseMessage>
{
    /// <summary>Creates options with the defaults.</summary>
    public HttpRetryStrategyOptions()
    {
        ShouldHandle = args => ValueTask.FromResult(
            HttpClientResiliencePredicates.IsTransient(args.Outcome)
            || HttpClientResiliencePredicates.IsConnectTimeout(args.Outcome, args.Context.CancellationToken));
        BackoffType = DelayBackoffType.Exponential;
        UseJitter = true;
        ShouldRetryAfterHeader = true;
    }

    /// <summary>
    /// Gets or sets whether a response's <c>Retry-After</c> header, in seconds or as a date, decides the delay; setting this sets
    /// <see cref="RetryStrategyOptions{TResult}.DelayGenerator"/>. Default: <see langword="true"/>.
    /// </summary>
    public bool ShouldRetryAfterHeader
    {
        get;
        set
        {
            field = value;
            DelayGenerator = value ? args => ValueTask.FromResult(DelayOf(args)) : null;
        }
    }

    private static TimeSpan? DelayOf(RetryDelayGeneratorArguments<HttpResponseMessage> args)
    {
        var delay = args.Outcome.Result?.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - args.Context.Properties.GetValue(ResilienceKeys.TimeProvider, TimeProvider.System).GetUtcNow(),
            _ => (TimeSpan?)null,
        };

        // A date that has passed means "now".
        return delay < TimeSpan.Zero ? TimeSpan.Zero : delay;
    }
}
