using System.Collections.Generic;
using System.Linq;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Journal;

/// <summary>What a reader finds in the journal at one time; all oldest first.</summary>
/// <param name="Position">Where to go on.</param>
/// <param name="IsPiece">There was more than could be read at a time.</param>
/// <param name="Missed">Requests that were forgotten before the reader came.</param>
/// <param name="Requests">Requests that have ended.</param>
/// <param name="Changed">Connections that were opened or closed; those that served are known by the requests.</param>
/// <param name="Findings">What the diagnosis found.</param>
internal sealed record JournalEntries(
    long Position,
    bool IsPiece,
    long Missed,
    IReadOnlyList<RememberedRequest> Requests,
    IReadOnlyList<TrackedConnection> Changed,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>All connections that the entries are about, each once.</summary>
    public IEnumerable<TrackedConnection> Connections => Changed.Concat(Requests.Select(request => request.Connection).OfType<TrackedConnection>()).Distinct();

    /// <summary>Each request once, with what was learned of it last, newest first.</summary>
    public IEnumerable<RememberedRequest> RequestsNewestFirst => Requests.Reverse().DistinctBy(remembered => remembered.Request.SpanId);
}
