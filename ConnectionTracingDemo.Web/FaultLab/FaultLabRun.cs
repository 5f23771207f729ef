using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab;

/// <summary>What came of a run.</summary>
/// <param name="Scenario">Its <see cref="FaultScenario.Id"/>.</param>
/// <param name="TraceId">The trace that has all of it.</param>
/// <param name="Sent">How many requests it sent.</param>
/// <param name="Requests">The requests of the scenario, in the order in which they ended.</param>
/// <param name="Findings">What the diagnosis says about them.</param>
/// <param name="ExpectedCause">What it should say; null: nothing.</param>
/// <param name="AsExpected">Whether it says that and nothing else, and knows all requests.</param>
/// <param name="RequestPhases">Whether it could see all phases: <see cref="ConnectionTracingReport.RequestPhases"/>.</param>
internal sealed record FaultLabRun(
    string Scenario,
    string TraceId,
    int Sent,
    IReadOnlyList<TracedRequest> Requests,
    IReadOnlyList<Finding> Findings,
    string? ExpectedCause,
    bool AsExpected,
    bool RequestPhases);
