using System.Diagnostics;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>One <c>HTTP wait_for_connection</c> of a request, and the attempt that was made for it.</summary>
internal sealed class QueueWait(ActivityContext context, Connection? attempt)
{
    public ActivityContext Context { get; } = context;

    public Connection? Attempt { get; set; } = attempt;

    public bool Ended { get; set; }

    public bool Failed { get; set; }
}
