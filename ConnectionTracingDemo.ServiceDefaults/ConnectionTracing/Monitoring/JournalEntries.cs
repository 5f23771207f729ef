using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>What a reader finds in the journal at one time; all oldest first.</summary>
/// <param name="Position">Where to go on.</param>
/// <param name="Missed">Requests that were forgotten before the reader came.</param>
/// <param name="Changed">Connections that were opened or closed; those that served are known by the requests.</param>
internal sealed record JournalEntries(
    long Position,
    long Missed,
    IReadOnlyList<RememberedRequest> Requests,
    IReadOnlyList<Connection> Changed,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>All connections that the entries are about, each once.</summary>
    public IEnumerable<Connection> Connections => Changed.Concat(Requests.Select(request => request.Connection).OfType<Connection>()).Distinct();
}
