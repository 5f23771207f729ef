using System.Diagnostics;
using ConnectionTracing.Runtime;
using OpenTelemetry;

namespace ConnectionTracing.Export;

/// <summary>
/// In the application's own tracer provider, before its exporters: completes the request spans while tracing is on.
/// </summary>
internal sealed class RequestSpanProcessor(CurrentExport export) : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (TracingSubscription.Tracker is { } tracker && data.Source.Name == NetworkActivitySources.Http)
        {
            tracker.Complete(data);

            if (data.Recorded)
            {
                export.Processor?.ExportLinksOf(data);
            }
        }
    }
}
