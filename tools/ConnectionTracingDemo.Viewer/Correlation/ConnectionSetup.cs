namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>How a connection was opened, or was not.</summary>
internal sealed class ConnectionSetup
{
    // Someone resolves and connects in a callback of its own; what that does has no natural limit, our memory has.
    private const int MostPhases = 64;

    private readonly List<SetupPhase> _phases = [];

    public bool IsEmpty => _phases.Count == 0;

    public bool HasFailed => _phases.Count > 0 && _phases[^1].Failed;

    /// <summary>Whether a phase of this kind belongs to the next attempt: an attempt looks a name up once, and without a lookup connects once.</summary>
    public bool IsOverBefore(SetupPhaseKind next) => next switch
    {
        SetupPhaseKind.Dns => !IsEmpty && _phases.TrueForAll(phase => phase.End is not null),
        SetupPhaseKind.Tcp => _phases.Exists(phase => phase is { Kind: SetupPhaseKind.Tcp, End: not null }) && !Has(SetupPhaseKind.Dns),
        _ => false,
    };

    public bool Has(SetupPhaseKind kind) => _phases.Exists(phase => phase.Kind == kind);

    /// <summary>This is the end of what began with another.</summary>
    public void ComeAfter(ConnectionSetup beginning) => _phases.InsertRange(0, beginning._phases);

    public void Begin(SetupPhaseKind kind, string path, DateTime time)
    {
        if (_phases.Count < MostPhases)
        {
            _phases.Add(new SetupPhase(kind, path, time));
        }
    }

    public void Fail(SetupPhaseKind kind, string path)
    {
        if (Find(kind, path) is { } phase)
        {
            phase.Failed = true;
        }
    }

    public void End(SetupPhaseKind kind, string path, DateTime time)
    {
        if (Find(kind, path) is { } phase)
        {
            phase.End = time;
        }
    }

    /// <summary>The time of all phases of a kind: several addresses may have been tried, one after the other. Null without a phase that ended.</summary>
    public double? MillisecondsOf(SetupPhaseKind kind)
    {
        double? sum = null;
        foreach (var phase in _phases)
        {
            if (phase.Kind == kind && phase.End is { } end)
            {
                sum = (sum ?? 0) + (end - phase.Start).TotalMilliseconds;
            }
        }

        return sum;
    }

    private SetupPhase? Find(SetupPhaseKind kind, string path) => _phases.Find(phase => phase.Kind == kind && phase.End is null && phase.Path == path);
}
