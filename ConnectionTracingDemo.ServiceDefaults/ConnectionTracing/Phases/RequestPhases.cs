using System.Diagnostics;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;
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
    private DateTime _contentStop;
    private bool _failed;
    private bool _parallel;

    public static RequestPhases? Current => Flow.Value;

    /// <summary>The runtime's number of the connection that the request was sent over.</summary>
    public long ConnectionId => _connectionId;

    /// <summary>The idle connection that the pool wanted to use for the request and found unusable.</summary>
    public Connection? FoundClosed { get; set; }

    /// <summary>The request as the journals remember it; null where none does.</summary>
    public RememberedRequest? Remembered { get; set; }

    public static void StartCall() => Flow.Value = new RequestPhases();

    /// <summary>A request of the call begins; this is called in its flow.</summary>
    public void Begin(Activity request)
    {
        if (_request is { IsStopped: false })
        {
            // It runs beside another one, as with hedging: each has its own times, and which of them the body belongs to nobody says.
            _parallel = true;
            Flow.Value = new RequestPhases { _request = request };
            return;
        }

        _request = request;
        _connectionId = -1;
        FoundClosed = null;
        Remembered = null;
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

    public void ContentRead(DateTime now) => _contentStop = now;

    public void Failed() => _failed = true;

    /// <summary>The call is over.</summary>
    /// <returns>The body that it read, or tried to; null where it did not come to that.</returns>
    public ReadBody? EndCall(DateTime now)
    {
        var body = _contentStart == default || _parallel || _request is null ? (ReadBody?)null : EndBody(_request, now);

        // A synchronous call leaves this object in its caller's context, where a call that is under way may go on with it: let go
        // of the request, and of what was its own.
        _request = null;
        FoundClosed = null;
        Remembered = null;
        _contentStart = _contentStop = default;
        _failed = _parallel = false;
        return body;
    }

    /// <summary>What is known about the phases of a request that ends; null: it was not sent.</summary>
    public static RequestPhases? Of(Activity request) =>
        Flow.Value is { } phases && phases._request == request && phases._connectionId >= 0 ? phases : null;

    /// <summary>Writes the attributes of the request span.</summary>
    public void WriteTo(Activity request, Connection? connection)
    {
        // The number is boxed once per connection, not once per request.
        request.AddTag(ConnectionTracingAttributes.ConnectionId, connection?.Id ?? _connectionId);
        AddDurations(request);
    }

    /// <summary>
    /// Adds sending and waiting. A request that failed did so in the last of them; an answer that came before everything was
    /// sent leaves both unknown.
    /// </summary>
    public void AddTo(List<TracedPhase> phases, in CompletedRequest request, string? errorType)
    {
        var answered = _headersRead != default;

        if (_sent == default)
        {
            if (!answered)
            {
                phases.Add(RequestTimeline.Phase("send", request.Start, _sendStart, request.End - _sendStart, errorType));
            }
        }
        else
        {
            phases.Add(RequestTimeline.Phase("send", request.Start, _sendStart, _sent - _sendStart, null));

            if (!answered || _headersRead >= _sent)
            {
                phases.Add(RequestTimeline.Phase("wait", request.Start, _sent, (answered ? _headersRead : request.End) - _sent, answered ? null : errorType));
            }
        }
    }

    private ReadBody EndBody(Activity request, DateTime now)
    {
        // The end of reading is told of a body that broke off, too; that the call failed is told after it.
        var failed = _failed || _contentStop == default;
        var duration = (_contentStop == default ? now : _contentStop) - _contentStart;

        return new ReadBody(request, _contentStart, duration, failed, Remembered?.With(RequestTimeline.Phase("read", request.StartTimeUtc, _contentStart, duration, failed ? "_OTHER" : null)));
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

    /// <summary>Whether a connection that is closed now, in the flow of the request, was one that it might have been sent over.</summary>
    public bool IsChoosingConnection => IsCurrent && _connectionId < 0;

    /// <summary>How long the server took to answer, or the request to give up; null: unknown.</summary>
    public TimeSpan? WaitUntil(DateTime end) =>
        _sent == default ? null
        : _headersRead == default ? end - _sent
        : _headersRead >= _sent ? _headersRead - _sent
        : null;

    /// <summary>The response headers have been read.</summary>
    public bool IsAnswered => _headersRead != default;

    /// <summary>The CONNECT request to a proxy runs in the same flow, but is not the request.</summary>
    private bool IsCurrent => _request is not null && Activity.Current == _request;
}
