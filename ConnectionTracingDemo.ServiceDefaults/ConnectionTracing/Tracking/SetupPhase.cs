using System.Diagnostics;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>One step of opening a connection: a DNS lookup, a socket connect (one per address tried) or a TLS handshake.</summary>
internal sealed class SetupPhase(SetupPhaseKind kind, Activity span)
{
    private TimeSpan? _measured;
    private bool _finished;

    public SetupPhaseKind Kind { get; } = kind;

    public DateTime Start { get; } = span.StartTimeUtc;

    public TimeSpan Duration { get; private set; }

    public string? ErrorType { get; private set; }

    /// <summary>The span itself, as long as a copy of it may be wanted.</summary>
    public Activity? Span { get; set; } = span;

    public string Name => NameOf(Kind);

    public static string NameOf(SetupPhaseKind kind) => kind switch
    {
        SetupPhaseKind.Dns => "dns",
        SetupPhaseKind.Tcp => "tcp",
        _ => "tls",
    };

    /// <summary>
    /// Says when it really ended: runtime 10.0.12 stops the handshake span as soon as the handshake has begun, its events know better.
    /// </summary>
    public void EndedAt(DateTime now) => _measured ??= now - Start;

    /// <summary>Reads what the span says once the setup is over; only then do all of them have their tags.</summary>
    public void Finish(DateTime setupEnd, string? setupError)
    {
        // A tunnel's inner connection has finished its own already.
        if (Span is not { } span || _finished)
        {
            return;
        }

        ErrorType = span.GetTagItem(ConnectionTracingAttributes.ErrorType) as string;
        _finished = true;

        if (_measured is { } measured)
        {
            Duration = measured > span.Duration ? measured : span.Duration;
        }
        else if (!span.IsStopped)
        {
            // The setup gave up on it, for example at ConnectTimeout.
            Duration = setupEnd - Start;
            ErrorType ??= setupError;
        }
        else
        {
            // Where a process has no events, as trimmed ones may, the end of the setup is the nearest to that of the handshake.
            Duration = Kind == SetupPhaseKind.Tls ? setupEnd - Start : span.Duration;
        }
    }

    /// <summary>How far it has come by then; for a request that does not wait for its end.</summary>
    public SetupStep At(DateTime now)
    {
        if (_finished)
        {
            return new SetupStep(Kind, Start, Duration, true, ErrorType);
        }

        // The span of a handshake says nothing about its end.
        return Kind == SetupPhaseKind.Tls || Span is not { IsStopped: true } span
            ? new SetupStep(Kind, Start, _measured ?? now - Start, _measured is not null, null)
            : new SetupStep(Kind, Start, span.Duration, true, span.GetTagItem(ConnectionTracingAttributes.ErrorType) as string);
    }
}
