using System.Diagnostics;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Phases;

/// <summary>
/// What the events of one HttpClient call say: when its request was sent, when the response headers were there, and how
/// long a buffered body took. A redirect sends several requests; each begins anew.
/// </summary>
internal sealed class RequestPhases
{
    // Set where the call starts, outside the request activity: so the events after its end are reached as well.
    private static readonly AsyncLocal<RequestPhases?> Flow = new();

    private Activity? _request;
    private long _connectionId = -1;

    // The times of the events: that is one clock reading less for each, and the clock of the spans.
    private DateTime _sendStart;
    private DateTime _sent;
    private DateTime _headersRead;
    private DateTime _contentStart;

    public static RequestPhases? Current => Flow.Value;

    public static void StartCall() => Flow.Value = new RequestPhases();

    public void Begin(Activity request)
    {
        _request = request;
        _connectionId = -1;
    }

    public void Sending(long connectionId, DateTime now)
    {
        if (IsCurrent)
        {
            _connectionId = connectionId;
            _sendStart = now;
            _sent = _headersRead = default;
        }
    }

    public void SendingContent()
    {
        if (IsCurrent)
        {
            _sent = default;
        }
    }

    public void Sent(DateTime now)
    {
        if (IsCurrent)
        {
            _sent = now;
        }
    }

    public void HeadersRead(DateTime now)
    {
        if (IsCurrent)
        {
            _headersRead = now;
        }
    }

    public void ReadingContent(DateTime now) => _contentStart = now;

    public void ContentRead(DateTime now, bool failed)
    {
        if (_contentStart != default && _request is { Recorded: true } request)
        {
            ConnectionTracingSource.Record(ConnectionTracingSource.ResponseContent, request.Context, _contentStart, now - _contentStart, failed: failed);
        }

        _contentStart = default;
    }

    public void EndCall(DateTime now)
    {
        ContentRead(now, failed: true);

        // A synchronous call leaves this object in its caller's context: let go of the request.
        _request = null;
    }

    /// <summary>The request activity ends: writes what is known about its phases.</summary>
    public static void Complete(Activity request, Connection? connection, bool recorded)
    {
        if (Flow.Value is not { } phases || phases._request != request || phases._connectionId < 0)
        {
            return;
        }

        // The number is boxed once per connection, not once per request.
        var id = connection is null ? phases._connectionId : connection.Id ??= phases._connectionId;

        if (recorded)
        {
            request.AddTag(ConnectionTracingAttributes.ConnectionId, id);
            phases.AddDurations(request);
        }
    }

    // Without the end of sending, both are unknown: the body is still on its way, or the response came before its end.
    private void AddDurations(Activity request)
    {
        if (_sent == default)
        {
            return;
        }

        request.AddTag(ConnectionTracingAttributes.SendDuration, (_sent - _sendStart).TotalMilliseconds);

        if (_headersRead >= _sent)
        {
            request.AddTag(ConnectionTracingAttributes.WaitDuration, (_headersRead - _sent).TotalMilliseconds);
        }
    }

    /// <summary>The CONNECT request to a proxy runs in the same flow, but is not the request.</summary>
    private bool IsCurrent => _request is not null && Activity.Current == _request;
}
