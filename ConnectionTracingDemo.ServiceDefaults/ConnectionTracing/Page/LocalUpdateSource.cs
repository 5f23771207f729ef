using System.Collections.Generic;
using System.Threading;

namespace ConnectionTracing.Page;

/// <summary>The requests of this process.</summary>
internal sealed class LocalUpdateSource(string service, IConnectionTracingMonitor monitor) : IUpdateSource
{
    public string Service => service;

    public IAsyncEnumerable<ConnectionTracingUpdate> WatchAsync(long? after, CancellationToken cancellationToken) => monitor.WatchAsync(after, cancellationToken);
}
