using System.Collections.Generic;
using System.Threading;

namespace ConnectionTracing.Page;

/// <summary>A service whose requests the page shows.</summary>
internal interface IUpdateSource
{
    /// <summary>Its name.</summary>
    string Service { get; }

    /// <summary>Everything that it remembers, then everything that happens.</summary>
    /// <param name="after">The position seen last; null: from the start.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UpdateSourceException">It does not answer, or no longer.</exception>
    IAsyncEnumerable<ConnectionTracingUpdate> WatchAsync(long? after, CancellationToken cancellationToken);
}
