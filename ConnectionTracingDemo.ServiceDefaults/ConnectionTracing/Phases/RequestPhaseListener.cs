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
    private const int RequestFailed = 3;
    private const int ConnectionEstablished = 4;
    private const int ConnectionClosed = 5;
    private const int RequestHeadersStart = 7;
    private const int RequestHeadersStop = 8;
    private const int RequestContentStart = 9;
    private const int RequestContentStop = 10;
    private const int ResponseHeadersStop = 12;
    private const int ResponseContentStart = 13;
    private const int ResponseContentStop = 14;

    // Null while the base constructor runs, which already reports events.
    private readonly ConnectionTracker? _tracker;

    public RequestPhaseListener(ConnectionTracker tracker) => _tracker = tracker;

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

                case ConnectionEstablished when eventData.Payload is [byte major, byte minor, long opened, ..]:
                    _tracker?.Established(opened, major < 2 ? $"{major}.{minor}" : $"{major}");
                    break;

                case ConnectionClosed when eventData.Payload is [_, _, long closed, ..]:
                    _tracker?.Closed(closed, eventData.TimeStamp);
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
                    RequestPhases.Current?.ContentRead(eventData.TimeStamp);
                    break;

                case RequestFailed:
                    RequestPhases.Current?.Failed();
                    break;

                case RequestStop:
                    if (RequestPhases.Current?.EndCall(eventData.TimeStamp) is { } body)
                    {
                        _tracker?.BodyRead(body);
                    }

                    break;
            }
        }
        catch (Exception exception)
        {
            TrackerSubscription.Report(exception);
        }
    }
}
