namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>A phase of a setup as a request saw it.</summary>
/// <param name="Over">False: the request was over first.</param>
/// <param name="ErrorType">Why it failed; null: it did not, or is not over.</param>
internal readonly record struct SetupStep(SetupPhaseKind Kind, DateTime Start, TimeSpan Duration, bool Over, string? ErrorType)
{
    public DateTime End => Start + Duration;

    public string Name => SetupPhase.NameOf(Kind);
}
