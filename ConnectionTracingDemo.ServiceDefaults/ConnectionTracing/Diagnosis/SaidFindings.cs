namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Diagnosis;

/// <summary>What was said lately, so that it is not said again for each request. Bounded: beyond its capacity nothing is said.</summary>
internal sealed class SaidFindings(TimeProvider time)
{
    private const int Capacity = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string? Host, int? Port, string Cause), long> _said = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _said.Count;
            }
        }
    }

    /// <summary>Whether it was said lately.</summary>
    public bool WasSaid(string? host, int? port, string cause, TimeSpan repeatAfter)
    {
        lock (_gate)
        {
            return WasSaid((host, port, cause), time.GetTimestamp(), repeatAfter);
        }
    }

    /// <summary>Whether it may be said now; then it counts as said.</summary>
    public bool MaySay(string? host, int? port, string cause, TimeSpan repeatAfter)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (WasSaid((host, port, cause), now, repeatAfter))
            {
                return false;
            }

            if (_said.Count >= Capacity)
            {
                foreach (var finding in _said.Keys)
                {
                    if (!WasSaid(finding, now, repeatAfter))
                    {
                        _said.Remove(finding);
                    }
                }

                if (_said.Count >= Capacity)
                {
                    return false;
                }
            }

            _said[(host, port, cause)] = now;
            return true;
        }
    }

    private bool WasSaid((string? Host, int? Port, string Cause) finding, long now, TimeSpan repeatAfter) =>
        _said.TryGetValue(finding, out var last) && time.GetElapsedTime(last, now) < repeatAfter;
}
