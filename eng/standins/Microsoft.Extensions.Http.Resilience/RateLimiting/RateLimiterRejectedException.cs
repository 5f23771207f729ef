namespace Polly.RateLimiting;

/// <summary>Nothing was sent, because as many executions as the rate limiter permits were running.</summary>
public sealed class RateLimiterRejectedException : ExecutionRejectedException
{
    /// <summary>Creates the exception with a default message.</summary>
    public RateLimiterRejectedException()
        : this("The operation was not executed: the rate limiter has no free permit.")
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public RateLimiterRejectedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public RateLimiterRejectedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
