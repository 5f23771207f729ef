using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using ConnectionTracing.Runtime;
using OpenTelemetry;

namespace ConnectionTracing.Export;

/// <summary>
/// Decides which connection spans are exported. With <see cref="ConnectionTracingExport.Linked"/> it holds a setup's
/// trace back until a sampled request links to it, for as long as there is room.
/// </summary>
internal sealed class ConnectionSpanProcessor(BaseProcessor<Activity> exporter, ConnectionTracingOptions options, FailureLog log) : CompositeProcessor<Activity>([exporter])
{
    private readonly ConcurrentDictionary<ActivitySpanId, HeldTrace> _held = new();
    private readonly Queue<ActivitySpanId> _byAge = new();
    private volatile ConnectionTracingOptions _options = options;

    public int HeldTraces => _held.Count;

    public void Apply(ConnectionTracingOptions options) => _options = options;

    public override void OnEnd(Activity data)
    {
        try
        {
            // The sampler sees that the trace is recorded, and not that this request of it has been dropped.
            if (data is { OperationName: NetworkActivities.WaitForConnection, Parent.IsAllDataRequested: false })
            {
                return;
            }

            var root = LocalRoot(data);

            // Servers and other code open connections, too. Their root spans are single-span traces that belong to no request.
            var isNetworkRoot = IsNetworkRoot(root);
            if (isNetworkRoot && root.Source.Name != NetworkActivitySources.HttpConnections && !_options.OtherConnections)
            {
                return;
            }

            // A wait, or a lookup that the application made itself within some trace, is part of that trace and sampled with it.
            if (_options.Export == ConnectionTracingExport.All || !isNetworkRoot)
            {
                // Of a setup that began while the option was another one, the first spans are held back.
                if (_held.TryGetValue(root.SpanId, out var begun))
                {
                    begun.Release(base.OnEnd);
                }

                base.OnEnd(data);
                return;
            }

            if (root.OperationName != NetworkActivities.ConnectionSetup)
            {
                // Only to setups can anything link: a lookup, connect or handshake of its own is not worth the room.
                if (root.IsStopped && IsExportedUnasked(root))
                {
                    base.OnEnd(data);
                }

                return;
            }

            var held = Hold(root);
            held.Add(data, base.OnEnd);

            if (data == root && IsExportedUnasked(root))
            {
                held.Release(base.OnEnd);
            }
        }
        catch (Exception exception)
        {
            log.Report(exception);
        }
    }

    /// <summary>The request is going to be exported: so must be the setups it links to.</summary>
    public void ExportLinksOf(Activity request)
    {
        try
        {
            foreach (ref readonly var link in request.EnumerateLinks())
            {
                if (_held.TryGetValue(link.Context.SpanId, out var held) && !held.Released)
                {
                    held.Release(base.OnEnd);
                }
            }
        }
        catch (Exception exception)
        {
            log.Report(exception);
        }
    }

    private HeldTrace Hold(Activity root)
    {
        if (_held.TryGetValue(root.SpanId, out var held))
        {
            return held;
        }

        lock (_byAge)
        {
            if (_held.TryGetValue(root.SpanId, out held))
            {
                return held;
            }

            while (_byAge.Count >= _options.MaxTrackedConnections)
            {
                _held.TryRemove(_byAge.Dequeue(), out _);
            }

            _byAge.Enqueue(root.SpanId);
            return _held[root.SpanId] = new HeldTrace();
        }
    }

    private bool IsExportedUnasked(Activity root) => root.Status == ActivityStatusCode.Error || root.Duration > _options.SlowSetup;

    private static Activity LocalRoot(Activity activity)
    {
        while (activity.Parent is { } parent)
        {
            activity = parent;
        }

        return activity;
    }

    private static bool IsNetworkRoot(Activity root) =>
        root.ParentSpanId == default && Array.IndexOf(NetworkActivitySources.Connections, root.Source.Name) >= 0;
}
