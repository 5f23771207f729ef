using System.Diagnostics;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>
/// Repeats the phases of a setup inside the trace of the request that waited for it, below its <c>HTTP wait_for_connection</c>.
/// </summary>
internal static class InlineSetup
{
    /// <param name="parent">What they go below where nobody exports the wait; null: somebody does.</param>
    public static void Record(IReadOnlyList<QueueWait> waits, Connection? servedBy, ActivityContext? parent)
    {
        foreach (var wait in waits)
        {
            if (wait.WaitedForAttempt(servedBy))
            {
                foreach (var phase in wait.Attempt!.Phases)
                {
                    if (phase.Span is { } span)
                    {
                        ConnectionTracingSource.Record(span.DisplayName, parent ?? wait.Context, phase.Start, phase.Duration, span, failed: phase.ErrorType is not null);
                    }
                }
            }
        }
    }
}
