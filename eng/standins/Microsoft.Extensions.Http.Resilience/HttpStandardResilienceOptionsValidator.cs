using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Holds the options against the ranges that Polly declares on them and against each other.</summary>
internal sealed class HttpStandardResilienceOptionsValidator : IValidateOptions<HttpStandardResilienceOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpStandardResilienceOptions options)
    {
        List<string> errors =
        [
            .. ErrorsOf(nameof(options.RateLimiter), options.RateLimiter),
            .. ErrorsOf(nameof(options.TotalRequestTimeout), options.TotalRequestTimeout),
            .. ErrorsOf(nameof(options.Retry), options.Retry),
            .. ErrorsOf(nameof(options.CircuitBreaker), options.CircuitBreaker),
            .. ErrorsOf(nameof(options.AttemptTimeout), options.AttemptTimeout),
        ];

        // The relations make sense only between values that make sense.
        if (errors.Count == 0)
        {
            errors.AddRange(RelationErrorsOf(options));
        }

        return errors.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(errors.Select(error => $"Resilience pipeline '{name}': {error}"));
    }

    private static IEnumerable<string> ErrorsOf(string strategy, object? options)
    {
        if (options is null)
        {
            return [$"{strategy} is null."];
        }

        List<ValidationResult> results = [];
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);

        return results.Select(result => $"{strategy}.{string.Join(", ", result.MemberNames)}: {result.ErrorMessage}");
    }

    private static IEnumerable<string> RelationErrorsOf(HttpStandardResilienceOptions options)
    {
        var attempt = options.AttemptTimeout.Timeout;
        var total = options.TotalRequestTimeout.Timeout;
        var sampling = options.CircuitBreaker.SamplingDuration;

        if (total < attempt)
        {
            yield return $"TotalRequestTimeout.Timeout ({total}) must be at least AttemptTimeout.Timeout ({attempt}).";
        }

        if (sampling < 2 * attempt)
        {
            yield return $"CircuitBreaker.SamplingDuration ({sampling}) must be at least twice AttemptTimeout.Timeout ({attempt}).";
        }
    }
}
