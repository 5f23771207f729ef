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
    private bool _failed;
    private SetupPhase? _completed;

    public SetupPhaseKind Kind { get; } = kind;

    public Activity Span { get; } = span;

    /// <summary>
    /// The events say that it has ended. Runtime 10.0.12 stops the span of a handshake as soon as the handshake has begun; its events have
    /// the real time.
    /// </summary>
    public void EventEnded(bool failed)
    {
        _measured ??= Stopwatch.GetElapsedTime(_started);
        _failed = failed;
    }

    /// <summary>Reads what the span says when the setup has ended. Only then do all spans have their tags.</summary>
    public SetupPhase Complete(DateTime setupEnd, string? setupError) =>
        // The connection inside a tunnel has completed its own already.
        _completed ??= CompleteCore(setupEnd, setupError);

    /// <summary>How far it has come by then; for a request that does not wait for its end.</summary>
    public SetupPhase At(DateTime now) =>
        _completed ?? (
        // The span of a handshake says nothing about its end.
        Kind == SetupPhaseKind.Tls || !Span.IsStopped
            ? Of(_measured ?? now - Span.StartTimeUtc, error: null, completed: _measured is not null)
            : Of(Span.Duration, Span.GetTagItem(AttributeNames.ErrorType) as string));

    private SetupPhase CompleteCore(DateTime setupEnd, string? setupError)
    {
        var error = Span.GetTagItem(AttributeNames.ErrorType) as string;

        if (_measured is { } measured)
        {
            return Of(measured > Span.Duration ? measured : Span.Duration, error ?? (_failed ? setupError : null));
        }

        if (!Span.IsStopped)
        {
            // The setup gave up on it, for example at ConnectTimeout.
            return Of(setupEnd - Span.StartTimeUtc, error ?? setupError);
        }

        // In a process without events, the end of the setup is the nearest to that of the handshake.
        return Of(Kind == SetupPhaseKind.Tls ? setupEnd - Span.StartTimeUtc : Span.Duration, error);
    }

    private SetupPhase Of(TimeSpan duration, string? error, bool completed = true) => new(Kind, Span.StartTimeUtc, duration, completed, error)
    {
        Address = Kind switch
        {
            SetupPhaseKind.Dns => Span.GetTagItem(AttributeNames.DnsQuestionName) as string,
            SetupPhaseKind.Tcp => Span.GetTagItem(AttributeNames.PeerAddress) as string,
            _ => null,
        },
        Port = Kind == SetupPhaseKind.Tcp ? Span.GetTagItem(AttributeNames.PeerPort) as int? : null,
    };
}
