using System;
using System.Collections.Generic;
using System.Diagnostics;
using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>All that is known of a request when it ends. On the stack: most requests need nothing further.</summary>
/// <param name="Tracker">What it comes from.</param>
/// <param name="Activity">Its span.</param>
/// <param name="Connection">What served it; null: no connection, or an unknown one.</param>
/// <param name="First">The connection had served no other request.</param>
/// <param name="Initiated">It caused the connection; null where that is uncertain.</param>
/// <param name="Waits">Its waits in the queue of the pool. Not an interface: most requests have none, and each looks several times.</param>
/// <param name="Call">What its events tell; null: it was not sent, or RequestPhases is off.</param>
/// <param name="Failure">Why it failed; null: it did not, or was cancelled.</param>
internal readonly record struct CompletedRequest(
    ConnectionTracker Tracker,
    Activity Activity,
    TrackedConnection? Connection,
    bool First,
    bool? Initiated,
    List<QueueWait> Waits,
    HttpCall? Call,
    Exception? Failure)
{
    /// <summary>A tracer provider records it: its span has data. Others were dropped by the sampler, and have none.</summary>
    public bool Recorded => Activity.IsAllDataRequested;

    public DateTime Start => Activity.StartTimeUtc;

    public DateTime End => Activity.StartTimeUtc + Activity.Duration;

    /// <summary>When it was sent and answered; null: it was not sent, or RequestPhases is off.</summary>
    public ExchangeTimes? Exchange => Call?.Exchange;

    /// <summary>
    /// How long the server has taken to answer, or the request to give up; null: unknown. After an early answer it is: the server may have
    /// waited for the body, which the application was still sending.
    /// </summary>
    public TimeSpan? Waited => Call is not { Exchange.IsAnsweredEarly: false } call ? null : call.Exchange.Answered is null ? call.Now - call.Exchange.Sent : call.Exchange.Wait;

    /// <summary>The runtime's number of the connection that it was sent on; null as <see cref="Exchange"/>.</summary>
    public long? ConnectionId => Call?.ConnectionId;

    /// <summary>The idle connection that the pool wanted to use for it and found closed; null as <see cref="Exchange"/>, or there was none.</summary>
    public TrackedConnection? Discarded => Call?.Discarded;

    /// <summary>When a wait for a connection began; the first one with the request, unless that was sent before.</summary>
    public DateTime QueueStart(int wait) =>
        wait == 0 && Call is { } call && (call.Earlier is [var (_, first), ..] ? first : call.Exchange).SendStart >= Waits[0].Start - Start ? Start : Waits[wait].Start;

    /// <summary>When it had the connection that it was sent on, as time since its start: sending begins there.</summary>
    /// <param name="sendStart">When the headers began to be sent.</param>
    public TimeSpan ConnectedBefore(TimeSpan sendStart)
    {
        var connected = TimeSpan.Zero;
        for (var i = 0; i < Waits.Count; i++)
        {
            var end = Waits[i].Start + Waits[i].Duration.GetValueOrDefault() - Start;
            connected = end > connected && Waits[i].Start - Start < sendStart ? end : connected;
        }

        if (Call?.Earlier is { } earlier)
        {
            foreach (var (_, exchange) in earlier)
            {
                if (exchange.SendStart < sendStart && connected <= (exchange.Answered ?? exchange.SendStart))
                {
                    // Not answered, and no other connection waited for: it is sent again when the first attempt has broken off.
                    connected = exchange.Answered ?? sendStart;
                }
            }
        }

        return connected < sendStart ? connected : sendStart;
    }

    /// <summary>When it had a connection: at the end of its last wait, or at its start.</summary>
    public DateTime LeftQueueAt
    {
        get
        {
            for (var i = Waits.Count - 1; i >= 0; i--)
            {
                if (Waits[i].Duration is { } duration)
                {
                    return Waits[i].Start + duration;
                }
            }

            return Start;
        }
    }
}
