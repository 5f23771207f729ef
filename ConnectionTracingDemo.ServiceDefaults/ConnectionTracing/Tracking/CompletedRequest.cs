using System.Diagnostics;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Phases;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>All that is known of a recorded request when it ends. On the stack: most of them interest nobody further.</summary>
/// <param name="Activity">Its span, with all attributes.</param>
/// <param name="Connection">What served it; null: nothing did, or it is unknown.</param>
/// <param name="First">The connection served nobody before.</param>
/// <param name="Initiated">It caused the connection; null where that is uncertain.</param>
/// <param name="Waits">Its waits in the queue of the pool.</param>
/// <param name="Phases">When it was sent and answered; null without RequestPhases.</param>
internal readonly record struct CompletedRequest(
    Activity Activity,
    Connection? Connection,
    bool First,
    bool? Initiated,
    IReadOnlyList<QueueWait> Waits,
    RequestPhases? Phases)
{
    public DateTime Start => Activity.StartTimeUtc;

    public DateTime End => Activity.StartTimeUtc + Activity.Duration;
}
