using System.Diagnostics.Tracing;

namespace OpenTelemetry.Instrumentation.Http;

/// <summary>
/// Where an instrumentation that must not disturb the application says what went wrong. The SDK's self-diagnostics write all event
/// sources whose names start with <c>OpenTelemetry-</c> to a file.
/// </summary>
[EventSource(Name = EventSourceName)]
internal sealed class InstrumentationEventSource : EventSource
{
    public const string EventSourceName = "OpenTelemetry-Instrumentation-Http";

    public static readonly InstrumentationEventSource Log = new();

    private InstrumentationEventSource()
    {
    }

    [Event(1, Level = EventLevel.Error, Message = "The callback {0} threw: {1}")]
    public void CallbackFailed(string callback, string exception) => WriteEvent(1, callback, exception);

    [Event(2, Level = EventLevel.Error, Message = "The event {0} could not be processed: {1}")]
    public void EventNotProcessed(string eventName, string exception) => WriteEvent(2, eventName, exception);
}
