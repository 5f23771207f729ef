using ConnectionTracing.Runtime;

namespace ConnectionTracing.Attributes;

/// <summary>
/// Repeats the phases of a setup inside the trace of the request that waited for it, below its <c>HTTP wait_for_connection</c>, or below the
/// request where no host exports that. A trace has each span once.
/// </summary>
internal sealed class InlineSetup : IConnectionObserver
{
    public bool IsShared => true;

    public void OnRequest(in CompletedRequest request)
    {
        if (request.Waits.Count == 0 || !request.Recorded)
        {
            return;
        }

        foreach (var wait in request.Waits)
        {
            if (!wait.WaitedForAttempt(request.Connection))
            {
                continue;
            }

            var parent = request.Tracker.WaitsExported ? wait.Context : request.Activity.Context;
            var phases = wait.Attempt!.Phases;
            for (var i = 0; i < phases.Length; i++)
            {
                if (wait.Attempt.SpanOf(i) is { } span)
                {
                    TracingSource.Record(span.DisplayName, parent, phases[i].Start, phases[i].Duration, span, failed: phases[i].ErrorType is not null);
                }
            }
        }
    }
}
