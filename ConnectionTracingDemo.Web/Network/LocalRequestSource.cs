using ConnectionTracing;

namespace ConnectionTracingDemo.Web;

/// <summary>The requests of this process.</summary>
/// <remarks>Gets its monitor when it is first asked: from then on requests are remembered, which is not to happen where the page is not to be had.</remarks>
internal sealed class LocalRequestSource(string service, IServiceProvider services) : IRequestSource
{
    private IConnectionTracingMonitor Monitor => services.GetRequiredService<IConnectionTracingMonitor>();

    public string Service => service;

    public Task<ConnectionTracingReport> GetReportAsync(CancellationToken cancellationToken) => Task.FromResult(Monitor.GetReport());

    public IAsyncEnumerable<ConnectionTracingUpdate> WatchAsync(long? after, CancellationToken cancellationToken) => Monitor.WatchAsync(after, cancellationToken);

    public Task TurnOnAsync(TimeSpan? duration, CancellationToken cancellationToken)
    {
        Monitor.TurnOn(duration);
        return Task.CompletedTask;
    }
}
