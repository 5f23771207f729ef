using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

namespace ConnectionTracingDemo.Web;

/// <summary>The requests of this process.</summary>
internal sealed class LocalRequestSource(string service, IConnectionTracingMonitor monitor) : IRequestSource
{
    public string Service => service;

    public Task<ConnectionTracingReport> GetReportAsync(CancellationToken cancellationToken) => Task.FromResult(monitor.GetReport());

    public IAsyncEnumerable<ConnectionTracingUpdate> WatchAsync(long? after, CancellationToken cancellationToken) => monitor.WatchAsync(after, cancellationToken);

    public Task TurnOnAsync(TimeSpan? duration, CancellationToken cancellationToken)
    {
        monitor.TurnOn(duration);
        return Task.CompletedTask;
    }
}
