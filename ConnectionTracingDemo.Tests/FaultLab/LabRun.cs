using ConnectionTracing;

namespace ConnectionTracingDemo.Tests.FaultLab;

/// <summary>What <c>POST /fault-lab/runs/{id}</c> answers with.</summary>
internal sealed record LabRun(
    string Scenario,
    string TraceId,
    int Sent,
    IReadOnlyList<TracedRequest> Requests,
    IReadOnlyList<Finding> Findings,
    string? ExpectedCause,
    bool AsExpected)
{
    /// <summary>The ports where its requests went.</summary>
    public IReadOnlyCollection<int?> Ports => [.. Requests.Select(request => request.Port).Distinct()];

    public IReadOnlyCollection<string?> Connections => [.. Requests.Select(request => request.Connection).Distinct()];

    /// <summary>For the message of an assertion.</summary>
    public override string ToString() =>
        string.Join(Environment.NewLine, Requests.Select(Describe).Concat(Findings.Select(finding => $"{finding.Cause}: {finding.Summary} {finding.Evidence}")).Prepend($"{Scenario}, trace {TraceId}:"));

    private static string Describe(TracedRequest request) =>
        $"{request.Method} {request.Url} {request.Status} {request.ErrorType} HTTP/{request.Protocol} connection {request.Connection} {request.Duration:0.0} ms: "
        + string.Join(", ", request.Phases.Select(phase => $"{phase.Name} {phase.Start:0.0}+{phase.Duration:0.0} {phase.ErrorType}"));
}
