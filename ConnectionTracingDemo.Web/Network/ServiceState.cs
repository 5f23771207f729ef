using System.Globalization;

namespace ConnectionTracingDemo.Web;

/// <summary>How the connection tracing of a service stands.</summary>
/// <param name="Mode"><c>on</c>, <c>off</c>, or <c>down</c>: the service does not say.</param>
/// <param name="Text">The same for people.</param>
public sealed record ServiceState(string Mode, string Text)
{
    internal static ServiceState Of(bool enabled, DateTimeOffset? until) => enabled
        ? new("on", until is { } end ? string.Create(CultureInfo.InvariantCulture, $"Connection tracing is on until {end.UtcDateTime:HH:mm:ss} UTC.") : "Connection tracing is on.")
        : new("off", "Connection tracing is off: nothing of its requests is recorded.");

    /// <summary>It says something, but not what this page understands.</summary>
    internal static ServiceState Unreadable(string service) => Down($"What {service} sends cannot be read; the log of this site says why.");

    internal static ServiceState Down(string problem) => new("down", ShownText.Clean(problem, 500));
}
