using ConnectionTracing.Model;

namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>An attempt to open a connection, while the events of its phases arrive; a failed one is followed by another.</summary>
internal sealed class ConnectionSetup
{
    private readonly List<(string Path, SetupPhase Phase)> _phases = [];

    public bool IsEmpty => _phases.Count == 0;

    public bool HasFailed => _phases is [.., { Phase.ErrorType: not null }];

    /// <summary>Its phases that have ended, in the order in which they began.</summary>
    public IReadOnlyList<SetupPhase> Phases => [.. _phases.Select(begun => begun.Phase).Where(phase => phase.Completed)];

    /// <summary>Whether a phase of this kind belongs to the next attempt: an attempt looks a name up once, and without a lookup connects once.</summary>
    public bool IsOverBefore(SetupPhaseKind next) => next switch
    {
        SetupPhaseKind.Dns => !IsEmpty && _phases.TrueForAll(begun => begun.Phase.Completed),
        SetupPhaseKind.Tcp => _phases.Exists(begun => begun.Phase is { Kind: SetupPhaseKind.Tcp, Completed: true }) && !Has(SetupPhaseKind.Dns),
        _ => false,
    };

    public bool Has(SetupPhaseKind kind) => _phases.Exists(begun => begun.Phase.Kind == kind);

    /// <summary>The attempt has ended; the next one begins without phases.</summary>
    public IReadOnlyList<SetupPhase> Take()
    {
        var phases = Phases;
        _phases.Clear();
        return phases;
    }

    public void Begin(string path, SetupPhaseKind kind, DateTime time)
    {
        if (_phases.Count < CorrelatorLimits.Phases)
        {
            _phases.Add((path, new SetupPhase(kind, time, TimeSpan.Zero, Completed: false)));
        }
    }

    /// <summary>The phase has failed. Its end comes after that.</summary>
    public void Fail(string path, SetupPhaseKind kind) => Change(path, kind, phase => phase with { ErrorType = AttributeNames.OtherError });

    public void End(string path, SetupPhaseKind kind, DateTime time) => Change(path, kind, phase => phase with { Duration = time - phase.Start, Completed = true });

    private void Change(string path, SetupPhaseKind kind, Func<SetupPhase, SetupPhase> change)
    {
        var i = _phases.FindIndex(begun => begun.Path == path && begun.Phase.Kind == kind && !begun.Phase.Completed);
        if (i >= 0)
        {
            _phases[i] = (path, change(_phases[i].Phase));
        }
    }
}
