using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Runtime.CompilerServices;
using System.Threading;
using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>
/// One call of HttpClient, as its events tell it: when its request was sent and answered, and how long a buffered body took. A redirect
/// sends several requests, one after the other; each begins anew.
/// </summary>
internal sealed class HttpCall
{
    /// <summary>How many times a request is remembered to have been sent before: it is sent again where credentials are asked for, or a connection breaks.</summary>
    private const int MaxEarlier = 8;

    // Set where the call starts, outside of the request activity: so the events after its end are reached as well.
    private static readonly AsyncLocal<HttpCall?> Flow = new();

    // Of requests that begin where the flow is suppressed: when they end, it is lost.
    private static readonly ConditionalWeakTable<Activity, HttpCall> WithoutFlow = [];

    private EventWrittenEventArgs? _start;
    private Activity? _request;
    private EventTime _sendBegin;
    private ExchangeTimes _exchange;
    private List<(long ConnectionId, ExchangeTimes Exchange)>? _earlier;
    private TrackedConnection? _connection;
    private List<QueueWait> _waits = QueuedRequest.NoWaits;
    private bool _first;
    private bool? _initiated;
    private EventTime _bodyBegin;
    private TimeSpan? _bodyDuration;
    private bool _failed;
    private bool _parallel;
    private volatile bool _completed;
    private HttpCall? _outer;
    private bool _sharesFlow;

    public static HttpCall? Current => Flow.Value;

    /// <summary>The runtime's number of the connection that the request was sent on; -1: it has not been sent.</summary>
    public long ConnectionId { get; private set; } = -1;

    /// <summary>When the request was sent and answered.</summary>
    public ref readonly ExchangeTimes Exchange => ref _exchange;

    /// <summary>The same of the times it was sent before, and on which connections; null: it was sent once.</summary>
    public IReadOnlyList<(long ConnectionId, ExchangeTimes Exchange)>? Earlier => _earlier;

    /// <summary>How many bytes the body of the request had; null: it has not been sent.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>Now, as a time of the exchange. Valid once the request has begun to be sent.</summary>
    public TimeSpan Now => TimeOf(EventTime.Now);

    /// <summary>The idle connection that the pool wanted to use for the request and found closed.</summary>
    public TrackedConnection? Discarded { get; private set; }

    /// <param name="start">The event RequestStart.</param>
    public static void Start(EventWrittenEventArgs start)
    {
        var call = new HttpCall { _start = start };
        if (Flow.Value is { _request: not null } outer)
        {
            // Called within another request: from a handler, a body, or a span processor when that request ends.
            outer._sharesFlow = true;
            call._outer = outer;
        }

        Flow.Value = call;
    }

    /// <summary>What is known of a request that ends; null: nothing.</summary>
    public static HttpCall? Of(Activity request)
    {
        if (Flow.Value is { } call && call._request == request)
        {
            return call;
        }

        if (!WithoutFlow.TryGetValue(request, out call))
        {
            return null;
        }

        // Events beyond the first await were not seen. Where the headers were sent before, a request that is answered ends with its answer.
        WithoutFlow.Remove(request);
        if (call._exchange.HeadersSent is null)
        {
            return null;
        }

        if (request.GetTagItem(AttributeNames.StatusCode) is not null)
        {
            call._exchange.EndResponseHeaders(request.Duration);
        }

        return call;
    }

    /// <summary>
    /// Whether the flow is that of another call than the request's: of a client without a propagator, whose requests have no activity and so
    /// seem to be a part of the one around them.
    /// </summary>
    public static bool IsOfAnother(Activity request) => Flow.Value is { } call && call._request != request;

    /// <summary>Whether the request was sent on this connection before it was sent on the last one.</summary>
    public bool WasSentOn(long connectionId) => _earlier?.Exists(earlier => earlier.ConnectionId == connectionId) is true;

    /// <summary>A request of the call begins; this is called in its flow.</summary>
    public void Begin(Activity request)
    {
        var previous = _request;
        if ((previous is not null && !_completed) || Interlocked.CompareExchange(ref _request, request, previous) != previous)
        {
            // It runs beside another one, as with hedging: each has its own times, and it is unknown which of them the body belongs to.
            _parallel = true;
            _sharesFlow = true;
            Flow.Value = new HttpCall { _request = request, _sharesFlow = true };
            return;
        }

        // Of the request before a redirect, events may still come.
        _sharesFlow = previous is not null;
        _completed = false;
        ConnectionId = -1;
        Forget();

        if (ExecutionContext.IsFlowSuppressed())
        {
            WithoutFlow.AddOrUpdate(request, this);
        }
    }

    /// <summary>Headers begin to be sent.</summary>
    /// <param name="connectionId">On this connection.</param>
    /// <param name="now">When.</param>
    /// <param name="missing">What is told of a call without a request activity.</param>
    public void BeginSend(long connectionId, DateTime now, MissingSpans missing)
    {
        if (!IsCurrent)
        {
            if (_request is null && _start is not null)
            {
                missing.OnSent(_start);
            }

            // The CONNECT request to a proxy: its events come in the same flow, even when the request is served otherwise meanwhile.
            _sharesFlow = true;
            return;
        }

        if (ConnectionId >= 0 && (_earlier ??= []).Count < MaxEarlier)
        {
            _earlier.Add((ConnectionId, _exchange));
        }

        ConnectionId = connectionId;
        ContentLength = null;
        _sendBegin = EventTime.At(now);
        var start = now - _request!.StartTimeUtc;
        _exchange.BeginSend(start > TimeSpan.Zero ? start : TimeSpan.Zero);
    }

    public void EndHeaders(DateTime now)
    {
        if (IsOwn)
        {
            _exchange.EndHeaders(TimeOf(EventTime.At(now)));
        }
    }

    public void BeginSendContent(DateTime now)
    {
        if (IsOwn)
        {
            _exchange.BeginContent(TimeOf(EventTime.At(now)));
        }
    }

    public void EndSendContent(DateTime now, long length)
    {
        if (IsOwn)
        {
            _exchange.EndContent(TimeOf(EventTime.At(now)));
            ContentLength = length;
        }
    }

    public void EndResponseHeaders(DateTime now)
    {
        if (IsOwn)
        {
            _exchange.EndResponseHeaders(TimeOf(EventTime.At(now)));
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
        _completed = true;
    }

    /// <summary>The body begins to be read into a buffer.</summary>
    public void BeginContent(DateTime now) => _bodyBegin = EventTime.At(now);

    public void EndContent(DateTime now) => _bodyDuration = EventTime.At(now) - _bodyBegin;

    public void Fail() => _failed = true;

    /// <summary>The call has ended; the body that it read, or tried to, is told.</summary>
    public void End(ConnectionTracker tracker, DateTime now)
    {
        try
        {
            if (_bodyBegin != default && !_parallel && _request is { IsAllDataRequested: true, IsStopped: true } request)
            {
                // The end of reading is also told of a body that broke off; that the call failed is told after it.
                var completed = new CompletedRequest(tracker, request, _connection, _first, _initiated, _waits, ConnectionId >= 0 ? this : null, Failure: null);
                tracker.BodyRead(new ReadBody(completed, _bodyBegin.Time, _bodyDuration ?? EventTime.At(now) - _bodyBegin, _failed || _bodyDuration is null, Span: null));
            }
        }
        finally
        {
            // A synchronous call leaves this object in its caller's context, where a call that is under way may go on with it: let go of
            // the request, and of what belonged to it.
            _start = null;
            _request = null;
            _bodyBegin = default;
            _bodyDuration = null;
            _failed = _parallel = false;
            Forget();

            if (_outer is { } outer)
            {
                _outer = null;
                if (Flow.Value == this)
                {
                    Flow.Value = outer;
                }
            }
        }
    }

    private void Forget()
    {
        _exchange = default;
        _earlier = null;
        _connection = null;
        _waits = QueuedRequest.NoWaits;
        Discarded = null;
        ContentLength = null;
    }

    private TimeSpan TimeOf(EventTime now) => _exchange.SendStart + (now - _sendBegin);

    /// <summary>An event is one of the request. Most calls have no other request in their flow, and need not look.</summary>
    private bool IsOwn => !_sharesFlow || IsCurrent;

    private bool IsCurrent => _request is not null && Activity.Current == _request;
}
