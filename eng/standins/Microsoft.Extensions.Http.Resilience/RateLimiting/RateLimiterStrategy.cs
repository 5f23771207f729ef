using System.Threading.RateLimiting;
using Polly.Telemetry;

namespace Polly.RateLimiting;

/// <summary>Executes what gets a permit and holds the permit meanwhile.</summary>
internal sealed class RateLimiterStrategy(RateLimiter limiter, ResilienceStrategyTelemetry telemetry) : ResilienceStrategy
{
    private static readonly ResilienceEvent Rejected = new(ResilienceEventSeverity.Error, "OnRateLimiterRejected");

    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        using var lease = await limiter.AcquireAsync(cancellationToken: context.CancellationToken).ConfigureAwait(context.ContinueOnCapturedContext);
        if (lease.IsAcquired)
        {
            return await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
        }

        var exception = new RateLimiterRejectedException();
        telemetry.SetTelemetrySource(exception);
        telemetry.Report(Rejected, context, Outcome.FromException<TResult>(exception), this);
        return Outcome.FromException<TResult>(exception);
    }
}
