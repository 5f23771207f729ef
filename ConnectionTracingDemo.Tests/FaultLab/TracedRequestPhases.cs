using ConnectionTracing;

namespace ConnectionTracingDemo.Tests.FaultLab;

/// <summary>Asks a request about its phases.</summary>
internal static class TracedRequestPhases
{
    public static bool Has(this TracedRequest request, string name) => request.Phases.Any(phase => phase.Name == name);

    /// <summary>The one phase of that name.</summary>
    public static TracedPhase Phase(this TracedRequest request, string name) => Assert.Single(request.Phases, phase => phase.Name == name);

    /// <summary>Milliseconds of all phases of that name.</summary>
    public static double Total(this TracedRequest request, string name) => request.Phases.Where(phase => phase.Name == name).Sum(phase => phase.Duration);
}
