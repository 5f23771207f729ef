using System;
using System.Diagnostics;
using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Attributes;

/// <summary>Writes onto each request span what its connection cost. A span has each attribute once.</summary>
internal sealed class RequestAttributes : IConnectionObserver
{
    private static readonly object True = true;
    private static readonly object False = false;

    private static readonly (SetupPhaseKind Kind, string Name)[] SetupDurations =
    [
        (SetupPhaseKind.Dns, AttributeNames.DnsDuration),
        (SetupPhaseKind.Tcp, AttributeNames.TcpDuration),
        (SetupPhaseKind.Tunnel, AttributeNames.TunnelDuration),
        (SetupPhaseKind.Tls, AttributeNames.TlsDuration),
        (SetupPhaseKind.Other, AttributeNames.OtherDuration),
    ];

    public bool IsShared => true;

    public void OnRequest(in CompletedRequest request)
    {
        if (!request.Recorded)
        {
            return;
        }

        // AddTag, not SetTag: every attribute is written once, and searching costs.
        var span = request.Activity;
        if (request.Connection is { } connection)
        {
            span.AddTag(AttributeNames.ConnectionReused, request.First ? False : True);

            if (request.Initiated is { } initiated)
            {
                span.AddTag(AttributeNames.ConnectionInitiated, initiated ? True : False);
            }

            if (request.First)
            {
                AddSetup(span, connection);
            }
            else
            {
                // A request that queued for the connection got it when it left the queue; a retry does so long after its start.
                span.AddTag(AttributeNames.ConnectionAge, Math.Max(0, (request.LeftQueueAt - connection.EstablishedAt).TotalMilliseconds));
            }
        }

        // The number is boxed once per connection, not once per request.
        if ((request.Connection?.Id ?? request.ConnectionId) is { } id)
        {
            span.AddTag(AttributeNames.ConnectionId, id);
        }

        if (request.Call is not null)
        {
            if (ExchangePhase.TryGetPlain(request, out var send, out var wait))
            {
                AddDuration(span, AttributeNames.SendDuration, send.Duration);
                AddDuration(span, AttributeNames.WaitDuration, wait.Duration);
            }
            else
            {
                AddExchange(span, request);
            }
        }

        if (request.Waits.Count > 0)
        {
            AddQueue(span, request);
        }
    }

    /// <summary>Of a request that was sent several times, the sums; of one that ended before its answer, the time until then.</summary>
    private static void AddExchange(Activity span, in CompletedRequest request)
    {
        TimeSpan? send = null, pause = null, wait = null;
        foreach (var phase in ExchangePhase.Of(request))
        {
            if (!phase.IsBeside)
            {
                ref var sum = ref phase.Name is ExchangePhase.Send ? ref send : ref phase.Name is ExchangePhase.Continue ? ref pause : ref wait;
                sum = sum.GetValueOrDefault() + phase.Duration;
            }
        }

        AddDuration(span, AttributeNames.SendDuration, send);
        AddDuration(span, AttributeNames.ContinueDuration, pause);
        AddDuration(span, AttributeNames.WaitDuration, wait);
    }

    private static void AddQueue(Activity span, in CompletedRequest request)
    {
        var queued = TimeSpan.Zero;
        var failures = 0;
        Connection? failed = null;
        for (var i = 0; i < request.Waits.Count; i++)
        {
            var wait = request.Waits[i];
            queued += wait.Duration is { } duration ? wait.Start + duration - request.QueueStart(i) : TimeSpan.Zero;
            if (wait.Attempt is { ErrorType: not null, SetupDuration: not null } attempt)
            {
                failures++;
                failed = attempt;
            }
        }

        AddDuration(span, AttributeNames.QueueDuration, queued);

        if (failed is null)
        {
            return;
        }

        span.AddTag(AttributeNames.FailedAttempts, failures);
        span.AddTag(AttributeNames.SetupErrorType, failed.ErrorType);
        if (failed.FailedPhase is { } phase)
        {
            span.AddTag(AttributeNames.FailedPhase, phase.Name);
        }

        if (!request.First)
        {
            AddSetup(span, failed);
        }
    }

    private static void AddSetup(Activity span, Connection connection)
    {
        AddDuration(span, AttributeNames.SetupDuration, connection.SetupDuration);
        foreach (var (kind, name) in SetupDurations)
        {
            AddDuration(span, name, SetupPhase.DurationOf(kind, connection.Phases));
        }
    }

    private static void AddDuration(Activity span, string key, TimeSpan? duration)
    {
        if (duration is { } known)
        {
            span.AddTag(key, known.TotalMilliseconds);
        }
    }
}
