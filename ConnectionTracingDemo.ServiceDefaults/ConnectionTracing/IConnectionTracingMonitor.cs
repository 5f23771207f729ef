using System;
using System.Collections.Generic;
using System.Threading;

namespace ConnectionTracing;

/// <summary>
/// Shows the requests and connections of this process as they happen, and switches connection tracing. A page or an endpoint
/// that shows them gets it injected; <c>/connection-tracing</c> gives the same to others.
/// </summary>
/// <remarks>Requests are remembered from the first time this service is resolved: an application that does not resolve it does not pay for it.</remarks>
public interface IConnectionTracingMonitor
{
    /// <summary>What is known now: the most recent requests and findings, and the connections, newest first.</summary>
    ConnectionTracingReport GetReport();

    /// <summary>The requests of one trace and the findings about them, in the order in which the requests ended, as far as they are still remembered.</summary>
    /// <param name="traceId">32 hexadecimal digits.</param>
    ConnectionTracingUpdate GetTrace(string traceId);

    /// <summary>Everything that is remembered: each request once, with what was learned of it last, oldest first.</summary>
    ConnectionTracingUpdate GetHistory();

    /// <summary>
    /// Everything that is remembered, in pieces, then everything that happens, a few times a second. A reader that is too slow misses some
    /// of it, and is told how much: nothing is kept for it.
    /// </summary>
    /// <param name="after">The <see cref="ConnectionTracingUpdate.Position"/> seen last, to go on from there; null, or one of an earlier run: from the start.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<ConnectionTracingUpdate> WatchAsync(long? after = null, CancellationToken cancellationToken = default);

    /// <summary>Switches connection tracing on, or, if it is on, changes for how long.</summary>
    /// <param name="duration">From one second to one day; null: as long as <see cref="ConnectionTracingOptions.CaptureFor"/> says.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is none of these.</exception>
    void TurnOn(TimeSpan? duration = null);

    /// <summary>Switches connection tracing off.</summary>
    void TurnOff();
}
