using System;
using System.Threading;
using Microsoft.Extensions.Logging;

namespace ConnectionTracing.Runtime;

/// <summary>Logs what keeps connection tracing from telling everything. Of its own failures the first only, so that a fault in each request does not fill the log.</summary>
internal sealed partial class FailureLog(ILogger logger)
{
    private readonly SafeLogger _logger = new(logger);
    private int _reported;

    public void Report(Exception exception)
    {
        if (Interlocked.Exchange(ref _reported, 1) == 0)
        {
            LogFailure(_logger, exception);
        }
    }

    public void WarnOfRuntime(string difference) => LogRuntime(_logger, Environment.Version, difference);

    public void TellOfMissingSpans(string hint) => LogMissingSpans(_logger, hint);

    [LoggerMessage(1, LogLevel.Error, "Connection tracing failed; requests go on, their attributes may be incomplete. Further failures are not logged.")]
    private static partial void LogFailure(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Runtime {Version} behaves differently from those that connection tracing was tested with. {Difference}")]
    private static partial void LogRuntime(ILogger logger, Version version, string difference);

    [LoggerMessage(3, LogLevel.Information, "{Hint}")]
    private static partial void LogMissingSpans(ILogger logger, string hint);
}
