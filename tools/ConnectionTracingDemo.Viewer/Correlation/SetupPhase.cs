namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>One step of opening a connection.</summary>
internal sealed class SetupPhase(SetupPhaseKind kind, string path, DateTime start)
{
    public SetupPhaseKind Kind { get; } = kind;

    public string Path { get; } = path;

    public DateTime Start { get; } = start;

    public DateTime? End { get; set; }

    public bool Failed { get; set; }
}
