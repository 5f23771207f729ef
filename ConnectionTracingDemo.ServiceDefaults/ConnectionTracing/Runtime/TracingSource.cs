using System;
using System.Diagnostics;

namespace ConnectionTracing.Runtime;

/// <summary>The spans that connection tracing adds to a request's trace.</summary>
internal static class TracingSource
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "ConnectionTracing";

    /// <summary>Reading a buffered response body; child of the request, which ended at the headers.</summary>
    public const string ResponseContent = "HTTP response_content";

    /// <summary>CONNECT, by which a proxy opens a tunnel; below the wait for the connection.</summary>
    public const string ProxyTunnel = "HTTP proxy_tunnel";

    /// <summary>Time of a connection setup that is in none of the runtime's spans; below the wait for the connection.</summary>
    public const string OtherSetup = "HTTP setup_other";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Records a span that is over already.</summary>
    public static void Record(string name, ActivityContext parent, DateTime start, TimeSpan duration, Activity? copyOf = null, bool failed = false)
    {
        using var span = Begin(name, parent, start, duration, copyOf, failed);
    }

    /// <summary>The same, for a span that gets something more before it is disposed.</summary>
    public static Activity? Begin(string name, ActivityContext parent, DateTime start, TimeSpan duration, Activity? copyOf = null, bool failed = false)
    {
        var span = Source.StartActivity(name, ActivityKind.Internal, parent, copyOf?.TagObjects, links: null, start);
        if (failed)
        {
            span?.SetStatus(ActivityStatusCode.Error);
        }

        return span?.SetEndTime(start + duration);
    }
}
