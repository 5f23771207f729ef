using System;
using System.Collections.Generic;
using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>A part of sending a request and waiting for its answer.</summary>
/// <param name="Name"><c>send</c>, <c>continue</c> or <c>wait</c>.</param>
/// <param name="Start">When it began, as time since the start of the request.</param>
/// <param name="Duration">How long it took, within the request.</param>
/// <param name="Completed">False: the request ended first.</param>
/// <param name="IsBeside">It goes on beside another one: the body is still sent while the answer is waited for.</param>
internal readonly record struct ExchangePhase(string Name, TimeSpan Start, TimeSpan Duration, bool Completed, bool IsBeside = false)
{
    public const string Send = "send";
    public const string Continue = "continue";
    public const string Wait = "wait";

    /// <summary>The two phases of most requests: sent once as a whole, and then answered. False: it has others, see <see cref="Of"/>.</summary>
    public static bool TryGetPlain(in CompletedRequest request, out ExchangePhase send, out ExchangePhase wait)
    {
        if (request.Call is not { Earlier: null } call || call.Exchange is not { Answered: not null, IsAnsweredEarly: false, Continue: null, Sent: { } sent } exchange)
        {
            send = wait = default;
            return false;
        }

        // The clocks of spans and events differ by a hair. And the last answer is there when the request ends.
        var end = request.Activity.Duration;
        sent = sent < end ? sent : end;
        var connected = request.ConnectedBefore(exchange.SendStart);
        connected = connected < sent ? connected : sent;
        send = new ExchangePhase(Send, connected, sent - connected, Completed: true);
        wait = new ExchangePhase(Wait, sent, end - sent, Completed: true);
        return true;
    }

    /// <summary>
    /// All of them, in the order in which they began. A request is sent again when the server asks for credentials, or closes the connection.
    /// </summary>
    public static List<ExchangePhase> Of(in CompletedRequest request)
    {
        var phases = new List<ExchangePhase>(2);
        if (request.Call is not { } call)
        {
            return phases;
        }

        var end = request.Activity.Duration;
        if (call.Earlier is { } earlier)
        {
            for (var i = 0; i < earlier.Count; i++)
            {
                var next = i + 1 < earlier.Count ? earlier[i + 1].Exchange : call.Exchange;
                Add(phases, earlier[i].Exchange, request.ConnectedBefore(earlier[i].Exchange.SendStart), BrokenOffAt(request, earlier[i].Exchange, next.SendStart), isLast: false, end);
            }
        }

        // A request without an answer ended while it was sent, or waited.
        Add(phases, call.Exchange, request.ConnectedBefore(call.Exchange.SendStart), end, isLast: true, end);
        return phases;
    }

    /// <summary>When a request that was not answered began to wait for another connection, or was sent again.</summary>
    private static TimeSpan BrokenOffAt(in CompletedRequest request, in ExchangeTimes exchange, TimeSpan sentAgain)
    {
        foreach (var wait in request.Waits)
        {
            var start = wait.Start - request.Start;
            if (start > exchange.SendStart && start < sentAgain)
            {
                return start;
            }
        }

        return sentAgain;
    }

    private static void Add(List<ExchangePhase> phases, in ExchangeTimes exchange, TimeSpan connected, TimeSpan until, bool isLast, TimeSpan end)
    {
        var open = exchange.Answered is null;
        var headers = exchange.HeadersSent;
        var paused = exchange.Continue is not null;

        if (paused || exchange.IsAnsweredEarly || exchange.Sent is null)
        {
            Add(Send, connected, headers ?? until, completed: !isLast || headers is not null);
            if (paused)
            {
                Add(Continue, headers!.Value, exchange.ContentStart!.Value);
            }

            if (exchange.ContentStart is { } content)
            {
                Add(Send, content, exchange.ContentSent ?? until, completed: !isLast || !open || exchange.ContentSent is not null, isBeside: exchange.IsAnsweredEarly);
            }
        }
        else
        {
            Add(Send, connected, exchange.Sent.Value);
        }

        // The last answer is there when the request ends.
        if (exchange.WaitStart is { } wait && (wait < end || !open))
        {
            Add(Wait, wait, isLast ? until : exchange.Answered ?? until, completed: !isLast || !open);
        }

        void Add(string name, TimeSpan from, TimeSpan to, bool completed = true, bool isBeside = false)
        {
            // The clocks of spans and events differ by a hair.
            from = from > end ? end : from;
            to = to > end ? end : to < from ? from : to;
            phases.Add(new ExchangePhase(name, from, to - from, completed, isBeside));
        }
    }
}
