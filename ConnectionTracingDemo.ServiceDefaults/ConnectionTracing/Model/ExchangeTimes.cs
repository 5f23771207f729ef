using System;

namespace ConnectionTracing.Model;

/// <summary>
/// When a request was sent and answered, as time since its start. A request that is sent again, after a redirect or on another
/// connection, begins anew.
/// </summary>
internal struct ExchangeTimes
{
    private TimeSpan _sent;
    private TimeSpan _answered;

    /// <summary>When the headers began to be sent.</summary>
    public TimeSpan SendStart { get; private set; }

    /// <summary>When the last of headers and body had been sent; null: not yet, or the answer came first.</summary>
    public readonly TimeSpan? Sent => _sent == default ? null : _sent;

    /// <summary>When the response headers had been read; null: not yet.</summary>
    public readonly TimeSpan? Answered => _answered == default ? null : _answered;

    /// <summary>How long sending took; null: unknown.</summary>
    public readonly TimeSpan? Send => Sent - SendStart;

    /// <summary>How long it took from then until the response headers had been read. Null: unknown, or they came before the end of the body.</summary>
    public readonly TimeSpan? Wait => Sent is { } sent && Answered is { } answered && answered >= sent ? answered - sent : null;

    public void BeginSend(TimeSpan now)
    {
        SendStart = now;
        _sent = _answered = default;
    }

    public void BeginSendContent() => _sent = default;

    public void EndSend(TimeSpan now) => _sent = now;

    /// <summary>The response headers have been read.</summary>
    public void EndResponseHeaders(TimeSpan now) => _answered = now;
}
