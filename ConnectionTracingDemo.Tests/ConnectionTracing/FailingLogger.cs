using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>Fails for one category, and only for that: the host, too, logs.</summary>
internal sealed class FailingLogger<T> : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => categoryName == typeof(T).FullName ? this : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        throw new InvalidOperationException("no");

    public void Dispose()
    {
    }
}
