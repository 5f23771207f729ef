using ConnectionTracing;

namespace ConnectionTracingDemo.Web;

/// <summary>A service whose outgoing requests the Network page shows.</summary>
internal interface IRequestSource
{
    /// <summary>Its name, as in the dashboard.</summary>
    string Service { get; }

    /// <summary>What it knows now.</summary>
    /// <exception cref="RequestSourceException">It did not say; the message is for the page.</exception>
    Task<ConnectionTracingReport> GetReportAsync(CancellationToken cancellationToken);

    /// <summary>What it knows and what happens next. Ends only with an exception.</summary>
    /// <param name="after">The position seen last; null: from the start.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RequestSourceException">It does not say, or no longer; the message is for the page.</exception>
    IAsyncEnumerable<ConnectionTracingUpdate> WatchAsync(long? after, CancellationToken cancellationToken);

    /// <summary>Switches its connection tracing on.</summary>
    /// <param name="duration">Null: as long as its option CaptureFor says.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RequestSourceException">It did not do so; the message is for the page.</exception>
    Task TurnOnAsync(TimeSpan? duration, CancellationToken cancellationToken);
}
