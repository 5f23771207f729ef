using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>
/// One call of HttpClient, as its events tell it: when its request was sent and answered, and how long a buffered body took. A redirect
/// sends several requests, one after the other; each begins anew.
/// </summary>
internal sealed class HttpCall
{
    // Set where the call starts, outside of the request activity: so the events after its end are reached as well.
    private static readonly AsyncLocal<HttpCall?> Flow = new();

    private Activity? _request;
    private long _started;
    private ExchangeTimes _exchange;
    private TrackedConnection? _connection;
    private IReadOnlyList<QueueWait> _waits = [];
    private bool _first;
    private bool? _initiated;
    private TimeSpan? _bodyStart;
    private TimeSpan? _bodyEnd;
    private bool _failed;
    private bool _parallel;

    public static HttpCall? Current => Flow.Value;

    /// <summary>The runtime's number of the connection that the request was sent on; -1: it has not been sent.</summary>
    public long ConnectionId { get; private set; } = -1;

    public ExchangeTimes Exchange => _exchange;

    /// <summary>The idle connection that the pool wanted to use for the request and found closed.</summary>
    public TrackedConnection? Discarded { get; private set; }

    public static void Start() => Flow.Value = new HttpCall();

    /// <summary>What is known of a request that ends; null: nothing.</summary>
    public static HttpCall? Of(Activity request) => Flow.Value is { } call && call._request == request ? call : null;

    /// <summary>A request of the call begins; this is called in its flow.</summary>
    public void Begin(Activity request)
    {
        if (_request is { IsStopped: false })
        {
            // It runs beside another one, as with hedging: each has its own times, and it is unknown which of them the body belongs to.
            _parallel = true;
            Flow.Value = new HttpCall { _request = request, _started = Stopwatch.GetTimestamp() };
            return;
        }

        _request = request;
        _started = Stopwatch.GetTimestamp();
        _exchange = default;
        ConnectionId = -1;
        Discarded = null;
        Forget();
    }

    public void BeginSend(long connectionId)
    {
        if (IsCurrent)
        {
            ConnectionId = connectionId;
            _exchange.BeginSend(Elapsed);
        }
    }

    public void BeginSendContent()
    {
        if (IsCurrent)
        {
            _exchange.BeginSendContent();
        }
    }

    public void EndSend()
    {
        if (IsCurrent)
        {
            _exchange.EndSend(Elapsed);
        }
    }

    public void EndResponseHeaders()
    {
        if (IsCurrent)
        {
            _exchange.EndResponseHeaders(Elapsed);
        }
    }

    /// <summary>A connection has been closed in the flow of the call. Before the request is sent, that is one that it might have been sent on.</summary>
    public void Discard(TrackedConnection connection)
    {
        if (ConnectionId < 0 && IsCurrent)
        {
            Discarded ??= connection;
        }
    }

    /// <summary>The request has ended, at its headers.</summary>
    public void Complete(in CompletedRequest request)
    {
        _connection = request.Connection;
        _waits = request.Waits;
        _first = request.First;
        _initiated = request.Initiated;
    }

    public void BeginContent() => _bodyStart = Elapsed;

    public void EndContent() => _bodyEnd = Elapsed;

    public void Fail() => _failed = true;

    /// <summary>The call has ended.</summary>
    /// <returns>The body that it read, or tried to; null where it did not come to that.</returns>
    public ReadBody? End(ConnectionTracker tracker)
    {
        ReadBody? body = null;
        if (_bodyStart is { } start && !_parallel && _request is { IsAllDataRequested: true, IsStopped: true } request)
        {
            var sent = ConnectionId >= 0;
            var completed = new CompletedRequest(
                tracker, request, _connection, _first, _initiated, _waits, sent ? _exchange : null, sent ? ConnectionId : null, Discarded);

            // The end of reading is also told of a body that broke off; that the call failed is told after it.
            body = new ReadBody(completed, completed.Start + start, (_bodyEnd ?? Elapsed) - start, _failed || _bodyEnd is null, Span: null);
        }

        // A synchronous call leaves this object in its caller's context, where a call that is under way may go on with it: let go of the
        // request, and of what belonged to it.
        _request = null;
        Discarded = null;
        Forget();
        _bodyStart = _bodyEnd = null;
        _failed = _parallel = false;
        return body;
    }

    private void Forget()
    {
        _connection = null;
        _waits = [];
    }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    /// <summary>The CONNECT request to a proxy runs in the same flow, but is not the request.</summary>
    private bool IsCurrent => _request is not null && Activity.Current == _request;
}
