using System.Diagnostics;
using OpenTelemetry;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>Exports to memory, and lets a test wait for what it expects.</summary>
internal sealed class SpanCollector : BaseExporter<Activity>
{
    private readonly Lock _gate = new();
    private readonly List<Span> _spans = [];
    private TaskCompletionSource _more = NewSignal();

    public IReadOnlyList<Span> Spans
    {
        get
        {
            lock (_gate)
            {
                return [.. _spans];
            }
        }
    }

    public SimpleActivityExportProcessor NewProcessor() => new(new Forwarder(this));

    public void Clear()
    {
        lock (_gate)
        {
            _spans.Clear();
        }
    }

    public override ExportResult Export(in Batch<Activity> batch)
    {
        lock (_gate)
        {
            foreach (var activity in batch)
            {
                _spans.Add(Span.Of(activity));
            }

            _more.TrySetResult();
            _more = NewSignal();
        }

        return ExportResult.Success;
    }

    /// <summary>The spans that match, as soon as there are that many.</summary>
    public async Task<IReadOnlyList<Span>> WaitFor(Func<Span, bool> match, int count = 1)
    {
        var deadline = Task.Delay(TimeSpan.FromSeconds(30));
        while (true)
        {
            Task more;
            lock (_gate)
            {
                var found = _spans.Where(match).ToList();
                if (found.Count >= count)
                {
                    return found;
                }

                more = _more.Task;
            }

            if (await Task.WhenAny(more, deadline) == deadline)
            {
                throw new TimeoutException($"Waited for {count} spans in vain. There are: {string.Join(Environment.NewLine, Spans)}");
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // A provider disposes its exporter; the collector outlives several.
    private sealed class Forwarder(SpanCollector collector) : BaseExporter<Activity>
    {
        public override ExportResult Export(in Batch<Activity> batch) => collector.Export(batch);
    }
}
