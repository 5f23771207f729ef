using ConnectionTracingDemo.Viewer.Correlation;

namespace ConnectionTracingDemo.Viewer.Totals;

/// <summary>All requests to one host.</summary>
internal sealed class HostTotal(string host)
{
    private readonly Histogram _durations = new();

    public string Host { get; } = host;

    public long Requests => _durations.Count;

    public long Failed { get; private set; }

    public long NewConnections { get; private set; }

    public double P50 => _durations.Quantile(0.50);

    public double P95 => _durations.Quantile(0.95);

    public double P99 => _durations.Quantile(0.99);

    public void Add(RequestRow row)
    {
        _durations.Add(row.TotalMs);
        Failed += row.Status is null || row.Error is not null ? 1 : 0;
        NewConnections += row.Connection == ConnectionUse.New ? 1 : 0;
    }
}
