using System.Globalization;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>While the request was under way, the thread pool had no thread for the next work item, and so none for the request's continuations.</summary>
internal sealed class StarvationRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options) =>
        request.LongestLateTime is { PendingWorkItems: > 1 } late && late.Duration >= options.Starvation
            ? new Symptom(
                FindingCause.ThreadPoolStarvation,
                "The thread pool of this process is starved: requests wait for a thread, not for the server.",
                string.Create(CultureInfo.InvariantCulture, $"A work item waited {EvidenceFormat.Ms(late.Duration)} for a thread, while {late.PendingWorkItems} were pending and the pool had {late.Threads} threads; the threshold is {EvidenceFormat.Ms(options.Starvation)}."),
                "Look for code that blocks threads: Task.Result, Task.Wait, GetAwaiter().GetResult(), Thread.Sleep, locks that are held for long. dotnet-stack or dotnet-dump shows where they wait. ThreadPool.SetMinThreads helps until it is found.") { At = Endpoint.Process }
            : null;
}
