using System.Diagnostics;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;
using OpenTelemetry;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Export;

/// <summary>
/// In the host's own tracer provider, before its exporters: completes the request spans while tracing is on.
/// </summary>
internal sealed class RequestSpanProcessor(ConnectionTracingSwitch tracing) : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (TrackerSubscription.Tracker is { } tracker && data.Source.Name == NetworkActivitySources.Http)
        {
            tracker.Complete(data);

            if (data.Recorded)
            {
                tracing.Exporter?.ExportLinksOf(data);
            }
        }
    }
}
