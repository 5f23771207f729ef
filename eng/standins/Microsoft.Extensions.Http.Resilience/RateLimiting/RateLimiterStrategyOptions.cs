using System.ComponentModel.DataAnnotations;
using System.Threading.RateLimiting;

namespace Polly.RateLimiting;

/// <summary>How many executions may run at once; one too many ends with <see cref="RateLimiterRejectedException"/>.</summary>
public class RateLimiterStrategyOptions : ResilienceStrategyOptions, IValidatableObject
{
    /// <summary>Creates options with the defaults.</summary>
    public RateLimiterStrategyOptions() => Name = "RateLimiter";

    /// <summary>Gets or sets the number of executions that run at once, 1 or more, and of those that wait, 0 or more. Default: 1000 and 0.</summary>
    [Required]
    public ConcurrencyLimiterOptions DefaultRateLimiterOptions { get; set; } = new() { PermitLimit = 1000, QueueLimit = 0 };

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (DefaultRateLimiterOptions.PermitLimit < 1)
        {
            yield return new("must be 1 or more.", ["DefaultRateLimiterOptions.PermitLimit"]);
        }

        if (DefaultRateLimiterOptions.QueueLimit < 0)
        {
            yield return new("must be 0 or more.", ["DefaultRateLimiterOptions.QueueLimit"]);
        }
    }
}
