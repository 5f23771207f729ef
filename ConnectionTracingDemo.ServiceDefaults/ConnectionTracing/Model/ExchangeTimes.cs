using System;

namespace ConnectionTracing.Model;

/// <summary>
/// When a request was sent and answered, as time since its start. The answer may come before the end of the body: then sending ended with the
/// headers, as far as the answer had to wait for it, and the body goes on beside the waiting.
/// </summary>
internal struct ExchangeTimes
{
    /// <summary>A shorter pause between headers and body is scheduling, not a wait for <c>100 Continue</c>.</summary>
    private static readonly TimeSpan ShortestContinue = TimeSpan.FromMilliseconds(10);

    private TimeSpan _headersSent;
    private TimeSpan _contentStart;
    private TimeSpan _contentSent;
    private TimeSpan _answered;

    /// <summary>When the headers began to be sent.</summary>
    public TimeSpan SendStart { get; private set; }

    /// <summary>When the headers had been sent; null: not yet.</summary>
    public readonly TimeSpan? HeadersSent => Known(_headersSent);

    /// <summary>When the body began to be sent; null: not yet, or there is none.</summary>
    public readonly TimeSpan? ContentStart => Known(_contentStart);

    /// <summary>When the body had been sent; null: not yet, or there is none.</summary>
    public readonly TimeSpan? ContentSent => Known(_contentSent);

    /// <summary>When the response headers had been read; null: not yet.</summary>
    public readonly TimeSpan? Answered => Known(_answered);

    /// <summary>The response headers came before the end of the body: the server may have waited for the body, or not.</summary>
    public readonly bool IsAnsweredEarly => Answered is { } answered && ContentStart is not null && !(ContentSent <= answered);

    /// <summary>When the last of headers and body had been sent; after an early answer, the headers. Null: not yet.</summary>
    public readonly TimeSpan? Sent => ContentStart is null || IsAnsweredEarly ? HeadersSent : ContentSent;

    /// <summary>How long headers and body took, or the headers before an early answer. Null: they have not been sent.</summary>
    public readonly TimeSpan? Send => Sent - SendStart - (Sent > HeadersSent ? Continue.GetValueOrDefault() : TimeSpan.Zero);

    /// <summary>How long the body was held back after the headers, for <c>100 Continue</c>; null: it was not.</summary>
    public readonly TimeSpan? Continue => ContentStart - HeadersSent is { } pause && pause >= ShortestContinue ? pause : null;

    /// <summary>When the waiting for the answer began; null: not yet.</summary>
    public readonly TimeSpan? WaitStart => IsAnsweredEarly && Continue is not null ? ContentStart : Sent;

    /// <summary>How long it took from then until the response headers had been read. Null: they have not.</summary>
    public readonly TimeSpan? Wait => Answered is { } answered && WaitStart is { } start ? answered > start ? answered - start : TimeSpan.Zero : null;

    public void BeginSend(TimeSpan now)
    {
        this = default;
        SendStart = now;
    }

    public void EndHeaders(TimeSpan now) => _headersSent = now;

    public void BeginContent(TimeSpan now) => _contentStart = now;

    public void EndContent(TimeSpan now) => _contentSent = now;

    /// <summary>The response headers have been read.</summary>
    public void EndResponseHeaders(TimeSpan now) => _answered = now;

    private static TimeSpan? Known(TimeSpan time) => time == default ? null : time;
}
