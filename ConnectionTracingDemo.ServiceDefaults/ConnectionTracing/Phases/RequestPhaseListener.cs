using System.Diagnostics.Tracing;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Phases;

/// <summary>
/// Listens to the events of HttpClient, https://learn.microsoft.com/dotnet/fundamentals/networking/telemetry/events.
/// They are expensive (about 1 KB and 0.8 µs per request in the runtime alone), hence only while RequestPhases is on.
/// </summary>
internal sealed class RequestPhaseListener : EventListener
{
    private const int RequestStart = 1;
    private const int RequestStop = 2;
    private const int RequestHeadersStart = 7;
    private const int RequestHeadersStop = 8;
    private const int RequestContentStart = 9;
    private const int RequestContentStop = 10;
    private const int ResponseHeadersStop = 12;
    private const int ResponseContentStart = 13;
    private const int ResponseContentStop = 14;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == NetworkActivitySources.Http)
        {
            EnableEvents(eventSource, EventLevel.Informational);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        try
        {
            switch (eventData.EventId)
            {
                case RequestStart:
                    RequestPhases.StartCall();
                    break;

                case RequestHeadersStart:
                    // A later runtime may append to the payload; the connection's number comes first.
                    RequestPhases.Current?.Sending(eventData.Payload is [long id, ..] ? id : -1, eventData.TimeStamp);
                    break;

                case RequestContentStart:
                    RequestPhases.Current?.SendingContent();
                    break;

                case RequestHeadersStop:
                case RequestContentStop:
                    RequestPhases.Current?.Sent(eventData.TimeStamp);
                    break;

                case ResponseHeadersStop:
                    // Not ResponseHeadersStart: over HTTP/2 that is written when the waiting begins.
                    RequestPhases.Current?.HeadersRead(eventData.TimeStamp);
                    break;

                case ResponseContentStart:
                    RequestPhases.Current?.ReadingContent(eventData.TimeStamp);
                    break;

                case ResponseContentStop:
                    RequestPhases.Current?.ContentRead(eventData.TimeStamp, failed: false);
                    break;

                case RequestStop:
                    RequestPhases.Current?.EndCall(eventData.TimeStamp);
                    break;
            }
        }
        catch (Exception exception)
        {
            TrackerSubscription.Report(exception);
        }
    }
}
