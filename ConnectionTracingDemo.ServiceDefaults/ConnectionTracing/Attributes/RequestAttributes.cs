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

        if (request.Call is { } call)
        {
            // The number is boxed once per connection, not once per request.
            span.AddTag(AttributeNames.ConnectionId, request.Connection?.Id ?? call.ConnectionId);
            AddDuration(span, AttributeNames.SendDuration, call.Exchange.Send);
            AddDuration(span, AttributeNames.WaitDuration, call.Exchange.Wait);
        }

        if (request.Waits.Count > 0)
        {
            AddQueue(span, request);
        }
    }

    private static void AddQueue(Activity span, in CompletedRequest request)
    {
        var queued = TimeSpan.Zero;
        var failures = 0;
        Connection? failed = null;
        foreach (var wait in request.Waits)
        {
            queued += wait.Duration.GetValueOrDefault();
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
        AddDuration(span, AttributeNames.DnsDuration, SetupPhase.DurationOf(SetupPhaseKind.Dns, connection.Phases));
        AddDuration(span, AttributeNames.TcpDuration, SetupPhase.DurationOf(SetupPhaseKind.Tcp, connection.Phases));
        AddDuration(span, AttributeNames.TlsDuration, SetupPhase.DurationOf(SetupPhaseKind.Tls, connection.Phases));
    }

    private static void AddDuration(Activity span, string key, TimeSpan? duration)
    {
        if (duration is { } known)
        {
            span.AddTag(key, known.TotalMilliseconds);
        }
    }
}
