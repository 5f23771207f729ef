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
    private DateTime _contentStart;
    private long _connectionId = -1;
    private long _sendStart;
    private long _sent;
    private long _headersRead;

    public static RequestPhases? Current => Flow.Value;

    public static void StartCall() => Flow.Value = new RequestPhases();

    public void Begin(Activity request)
    {
        _request = request;
        _connectionId = -1;
        _sendStart = _sent = _headersRead = 0;
    }

    public void Sending(long connectionId)
    {
        if (IsCurrent)
        {
            _connectionId = connectionId;
            _sendStart = Stopwatch.GetTimestamp();
            _sent = _headersRead = 0;
        }
    }

    public void SendingContent()
    {
        if (IsCurrent)
        {
            _sent = 0;
        }
    }

    public void Sent()
    {
        if (IsCurrent)
        {
            _sent = Stopwatch.GetTimestamp();
        }
    }

    public void HeadersRead()
    {
        if (IsCurrent)
        {
            _headersRead = Stopwatch.GetTimestamp();
        }
    }

    public void ReadingContent()
    {
        // Without this there would be a clock reading per request that nobody looks at.
        if (_request is { Recorded: true })
        {
            _contentStart = DateTime.UtcNow;
        }
    }

    public void ContentRead(bool failed)
    {
        if (_contentStart != default && _request is { } request)
        {
            ConnectionTracingSource.Record(ConnectionTracingSource.ResponseContent, request.Context, _contentStart, DateTime.UtcNow - _contentStart, failed: failed);
            _contentStart = default;
        }
    }

    public void EndCall()
    {
        ContentRead(failed: true);

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
        if (_sent == 0)
        {
            return;
        }

        request.AddTag(ConnectionTracingAttributes.SendDuration, Stopwatch.GetElapsedTime(_sendStart, _sent).TotalMilliseconds);

        if (_headersRead >= _sent)
        {
            request.AddTag(ConnectionTracingAttributes.WaitDuration, Stopwatch.GetElapsedTime(_sent, _headersRead).TotalMilliseconds);
        }
    }

    /// <summary>The CONNECT request to a proxy runs in the same flow, but is not the request.</summary>
    private bool IsCurrent => _request is not null && Activity.Current == _request;
}
