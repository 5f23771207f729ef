using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Telemetry;
using Polly.Timeout;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>
/// Logs what the strategies report, in category <c>Polly</c>: what they did about a failure at the severity they give it, everything else at debug.
/// Only status codes and kinds of exceptions are logged: messages of exceptions may hold a URL, and its query a secret.
/// </summary>
internal sealed class ResilienceEventLogger(ILoggerFactory loggerFactory) : TelemetryListener
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("Polly");

    public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        var level = LevelOf<TArgs>(args.Event);
        if (!_logger.IsEnabled(level))
        {
            return;
        }

        _logger.Log(
            level,
            "{Pipeline}/{Strategy} {EventName}: {Details}",
            args.Source.PipelineName,
            args.Source.StrategyName,
            args.Event.EventName,
            DetailsOf(args.Arguments, args.Outcome is { } outcome ? ResultOf(outcome.Result, outcome.Exception) : null));
    }

    /// <summary>Attempts and executions would be a line or two for every request, and a failed attempt shows in the retry that follows.</summary>
    private static LogLevel LevelOf<TArgs>(ResilienceEvent resilienceEvent)
    {
        var routine = typeof(TArgs) == typeof(ExecutionAttemptArguments)
            || typeof(TArgs) == typeof(PipelineExecutingArguments)
            || typeof(TArgs) == typeof(PipelineExecutedArguments);

        return resilienceEvent.Severity switch
        {
            ResilienceEventSeverity.None => LogLevel.None,
            ResilienceEventSeverity.Critical => LogLevel.Critical,
            ResilienceEventSeverity.Error => LogLevel.Error,
            _ when routine => LogLevel.Debug,
            ResilienceEventSeverity.Warning => LogLevel.Warning,
            ResilienceEventSeverity.Information => LogLevel.Information,
            _ => LogLevel.Debug,
        };
    }

    private static string DetailsOf(object? arguments, string? result) => arguments switch
    {
        OnRetryArguments<HttpResponseMessage> retry => $"attempt {retry.AttemptNumber + 1} ended with {result}, next one in {retry.RetryDelay}",
        ExecutionAttemptArguments attempt => $"attempt {attempt.AttemptNumber + 1} ended with {result} after {attempt.Duration}",
        OnTimeoutArguments timeout => $"no answer within {timeout.Timeout}",
        OnCircuitOpenedArguments<HttpResponseMessage> opened => $"nothing is sent for {opened.BreakDuration}; the last attempt ended with {result}",
        PipelineExecutedArguments executed => $"ended with {result} after {executed.Duration}",
        _ => result ?? "-",
    };

    private static string? ResultOf(object? result, Exception? exception) => exception switch
    {
        null when result is HttpResponseMessage response => $"status {(int)response.StatusCode}",
        null => null,
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } failed => $"{nameof(HttpRequestException)} ({failed.HttpRequestError})",
        _ => exception.GetType().Name,
    };
}
