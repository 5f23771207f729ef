using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;

namespace ConnectionTracing.Export;

/// <summary>The spans of one trace, until it is known whether they are exported.</summary>
internal sealed class HeldTrace
{
    private readonly Lock _gate = new();
    private List<Activity>? _spans = new(4);

    public bool Released => Volatile.Read(ref _spans) is null;

    public void Add(Activity span, Action<Activity> export)
    {
        lock (_gate)
        {
            if (_spans is not null)
            {
                _spans.Add(span);
                return;
            }
        }

        export(span);
    }

    public void Release(Action<Activity> export)
    {
        List<Activity>? spans;
        lock (_gate)
        {
            spans = _spans;
            Volatile.Write(ref _spans, null);
        }

        spans?.ForEach(export);
    }
}
