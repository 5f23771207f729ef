using System.Diagnostics;
using static ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.ConnectionTracingAttributes;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>Writes the attributes of a request span. AddTag, not SetTag: every attribute is written once, and searching costs.</summary>
internal static class RequestTags
{
    private static readonly object True = true;
    private static readonly object False = false;

    public static void AddConnection(Activity request, Connection connection, QueuedRequest? queued, bool first, bool? initiated)
    {
        request.AddTag(ConnectionReused, first ? False : True);

        if (initiated is { } known)
        {
            request.AddTag(ConnectionInitiated, known ? True : False);
        }

        if (first)
        {
            AddSetup(request, connection);
        }
        else
        {
            // A request that queued for the connection got it when it left the queue; a retry does so long after its start.
            var age = (queued?.LeftQueueAt ?? request.StartTimeUtc) - connection.EstablishedAt;
            request.AddTag(ConnectionAge, Math.Max(0, age.TotalMilliseconds));
        }
    }

    public static void AddQueue(Activity request, QueuedRequest queued, IReadOnlyList<QueueWait> waits, bool servedByFirstUse)
    {
        if (waits.Count > 0)
        {
            AddDuration(request, QueueDuration, queued.Queued);
        }

        var failures = 0;
        Connection? failed = null;
        foreach (var wait in waits)
        {
            if (wait.Attempt is { ErrorType: not null, SetupDuration: not null } attempt)
            {
                failures++;
                failed = attempt;
            }
        }

        if (failed is null)
        {
            return;
        }

        request.AddTag(FailedAttempts, failures);
        request.AddTag(SetupErrorType, failed.ErrorType);
        if (failed.FailedPhase is { } phase)
        {
            request.AddTag(ConnectionTracingAttributes.FailedPhase, phase.Name);
        }

        if (!servedByFirstUse)
        {
            AddSetup(request, failed);
        }
    }

    public static void AddDuration(Activity request, string key, TimeSpan? duration)
    {
        if (duration is { } known)
        {
            request.AddTag(key, known.TotalMilliseconds);
        }
    }

    private static void AddSetup(Activity request, Connection connection)
    {
        AddDuration(request, SetupDuration, connection.SetupDuration);
        AddDuration(request, DnsDuration, connection.DurationOf(SetupPhaseKind.Dns));
        AddDuration(request, TcpDuration, connection.DurationOf(SetupPhaseKind.Tcp));
        AddDuration(request, TlsDuration, connection.DurationOf(SetupPhaseKind.Tls));
    }
}
