using System;
using System.Diagnostics.Tracing;

namespace ConnectionTracing.Runtime;

/// <summary>
/// Listens to the events of HttpClient, https://learn.microsoft.com/dotnet/fundamentals/networking/telemetry/events. They cost about 1 KB
/// and 0.8 µs per request in the runtime alone (docs/performance.md), hence only while RequestPhases is on.
/// </summary>
internal sealed class HttpEventListener : EventListener
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

    public HttpEventListener(ConnectionTracker tracker) => _tracker = tracker;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == NetworkActivitySources.Http)
        {
            EnableEvents(eventSource, EventLevel.Informational);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (_tracker is not { } tracker)
        {
            return;
        }

        try
        {
            OnEvent(eventData, tracker);
        }
        catch (Exception exception)
        {
            tracker.Observers.Report(exception);
        }
    }

    private static void OnEvent(EventWrittenEventArgs eventData, ConnectionTracker tracker)
    {
        // A later runtime may append to a payload; that is fine.
        switch (eventData.EventId)
        {
            case RequestStart:
                HttpCall.Start(eventData);
                break;

            case ConnectionEstablished when eventData.Payload is [byte major, byte minor, long opened, string, string host, int port, ..]:
                tracker.Established(opened, ProtocolOf(major, minor), host, port);
                break;

            case ConnectionClosed when eventData.Payload is [_, _, long closed, ..]:
                tracker.Closed(closed, eventData.TimeStamp);
                break;

            case RequestHeadersStart when eventData.Payload is [long id, ..]:
                HttpCall.Current?.BeginSend(id, eventData.TimeStamp, tracker.MissingSpans);
                break;

            case RequestHeadersStop:
                HttpCall.Current?.EndHeaders(eventData.TimeStamp);
                break;

            case RequestContentStart:
                HttpCall.Current?.BeginSendContent(eventData.TimeStamp);
                break;

            case RequestContentStop when eventData.Payload is [long length, ..]:
                HttpCall.Current?.EndSendContent(eventData.TimeStamp, length);
                break;

            case ResponseHeadersStop:
                // Not ResponseHeadersStart: over HTTP/2 that is written when the waiting begins.
                HttpCall.Current?.EndResponseHeaders(eventData.TimeStamp);
                break;

            case ResponseContentStart:
                HttpCall.Current?.BeginContent(eventData.TimeStamp);
                break;

            case ResponseContentStop:
                HttpCall.Current?.EndContent(eventData.TimeStamp);
                break;

            case RequestFailed:
                HttpCall.Current?.Fail();
                break;

            case RequestStop:
                HttpCall.Current?.End(tracker, eventData.TimeStamp);
                break;

            case ConnectionEstablished or ConnectionClosed or RequestHeadersStart or RequestContentStop:
                tracker.Check.OnUnknownPayload($"{eventData.EventSource.Name}/{eventData.EventName}");
                break;
        }
    }

    /// <summary>As in <c>network.protocol.version</c>, https://opentelemetry.io/docs/specs/semconv/registry/attributes/network/.</summary>
    private static string ProtocolOf(byte major, byte minor) => (major, minor) switch
    {
        (1, 0) => "1.0",
        (1, 1) => "1.1",
        (2, _) => "2",
        (3, _) => "3",
        _ => $"{major}.{minor}",
    };
}
