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
            // It waited for the attempt if that ended the wait: by the connection it was served by, or by failing.
            if (wait.Attempt is { SetupDuration: not null } attempt
                && (attempt == servedBy || (attempt.ErrorType is not null && wait.Failed)))
            {
                foreach (var phase in attempt.Phases)
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
