using System;
using System.Diagnostics;
using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>A phase of an attempt to open a connection, while it goes on.</summary>
/// <param name="kind">Which step it is.</param>
/// <param name="span">The span that the runtime started for it.</param>
internal sealed class OpeningPhase(SetupPhaseKind kind, Activity span)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan? _measured;
    private SetupPhase? _completed;

    public SetupPhaseKind Kind { get; } = kind;

    public Activity Span { get; } = span;

    /// <summary>
    /// The events say that it has ended. Runtime 10.0.12 stops the span of a handshake as soon as the handshake has begun; its events have
    /// the real time.
    /// </summary>
    public void EventEnded() => _measured ??= Stopwatch.GetElapsedTime(_started);

    /// <summary>Reads what the span says when the setup has ended. Only then do all spans have their tags.</summary>
    public SetupPhase Complete(DateTime setupEnd, string? setupError) =>
        // The connection inside a tunnel has completed its own already.
        _completed ??= CompleteCore(setupEnd, setupError);

    /// <summary>How far it has come by then; for a request that does not wait for its end.</summary>
    public SetupPhase At(DateTime now) =>
        _completed ?? (
        // The span of a handshake says nothing about its end.
        Kind == SetupPhaseKind.Tls || !Span.IsStopped
            ? new(Kind, Span.StartTimeUtc, _measured ?? now - Span.StartTimeUtc, Completed: _measured is not null)
            : new(Kind, Span.StartTimeUtc, Span.Duration, ErrorType: Span.GetTagItem(AttributeNames.ErrorType) as string));

    private SetupPhase CompleteCore(DateTime setupEnd, string? setupError)
    {
        var error = Span.GetTagItem(AttributeNames.ErrorType) as string;

        if (_measured is { } measured)
        {
            return new(Kind, Span.StartTimeUtc, measured > Span.Duration ? measured : Span.Duration, ErrorType: error);
        }

        if (!Span.IsStopped)
        {
            // The setup gave up on it, for example at ConnectTimeout.
            return new(Kind, Span.StartTimeUtc, setupEnd - Span.StartTimeUtc, ErrorType: error ?? setupError);
        }

        // In a process without events, the end of the setup is the nearest to that of the handshake.
        return new(Kind, Span.StartTimeUtc, Kind == SetupPhaseKind.Tls ? setupEnd - Span.StartTimeUtc : Span.Duration, ErrorType: error);
    }
}
