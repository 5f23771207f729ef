using ConnectionTracing.Model;
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
                var phase = phases[i];
                var span = wait.Attempt.SpanOf(i);
                var name = span?.DisplayName ?? phase.Kind switch
                {
                    SetupPhaseKind.Tunnel => TracingSource.ProxyTunnel,
                    SetupPhaseKind.Other => TracingSource.OtherSetup,
                    _ => null,
                };

                if (name is not null)
                {
                    TracingSource.Record(name, parent, phase.Start, phase.Duration, span, failed: phase.ErrorType is not null);
                }
            }
        }
    }
}
