using System;
using System.Collections.Generic;
using System.Threading;

namespace ConnectionTracing.Diagnosis;

/// <summary>What has been reported lately, so that it is not reported again for each request. Bounded: beyond its capacity nothing is reported.</summary>
internal sealed class FindingThrottle(TimeProvider time)
{
    private const int Capacity = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string? Host, int? Port, string Cause), long> _reported = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _reported.Count;
            }
        }
    }

    /// <summary>Whether it was reported lately.</summary>
    public bool WasReported(string? host, int? port, string cause, TimeSpan repeatAfter)
    {
        lock (_gate)
        {
            return WasReported((host, port, cause), time.GetTimestamp(), repeatAfter);
        }
    }

    /// <summary>Whether it may be reported now; then it counts as reported.</summary>
    public bool MayReport(string? host, int? port, string cause, TimeSpan repeatAfter)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (WasReported((host, port, cause), now, repeatAfter))
            {
                return false;
            }

            if (_reported.Count >= Capacity)
            {
                foreach (var finding in _reported.Keys)
                {
                    if (!WasReported(finding, now, repeatAfter))
                    {
                        _reported.Remove(finding);
                    }
                }

                if (_reported.Count >= Capacity)
                {
                    return false;
                }
            }

            _reported[(host, port, cause)] = now;
            return true;
        }
    }

    private bool WasReported((string? Host, int? Port, string Cause) finding, long now, TimeSpan repeatAfter) =>
        _reported.TryGetValue(finding, out var last) && time.GetElapsedTime(last, now) < repeatAfter;
}
