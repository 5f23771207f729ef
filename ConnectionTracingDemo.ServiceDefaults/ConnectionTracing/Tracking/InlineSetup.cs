namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>
/// Repeats the phases of a setup inside the trace of the request that waited for it, below its <c>HTTP wait_for_connection</c>.
/// </summary>
internal static class InlineSetup
{
    public static void Record(IReadOnlyList<QueueWait> waits, Connection? servedBy)
    {
        foreach (var wait in waits)
        {
            if (wait.WaitedForAttempt(servedBy))
            {
                foreach (var phase in wait.Attempt!.Phases)
                {
                    if (phase.Span is { } span)
                    {
                        ConnectionTracingSource.Record(span.DisplayName, wait.Context, phase.Start, phase.Duration, span, failed: phase.ErrorType is not null);
                    }
                }
            }
        }
    }
}
