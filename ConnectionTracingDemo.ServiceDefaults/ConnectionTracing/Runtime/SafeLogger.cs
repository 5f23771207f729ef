using System;
using Microsoft.Extensions.Logging;

namespace ConnectionTracing.Runtime;

/// <summary>A logger that does not throw. Connection tracing logs on timers and within requests, where an exception would end something.</summary>
internal sealed class SafeLogger(ILogger logger) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return logger.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // A logger that fails is no reason to fail a request, and there is no other place to report it.
        }
    }
}
