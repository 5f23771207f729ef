using ConnectionTracingDemo.Viewer.Correlation;
using ConnectionTracingDemo.Viewer.Totals;

namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>Writes what was seen.</summary>
internal interface IRowWriter
{
    /// <summary>What the output lacks; null: nothing.</summary>
    string? Remark => null;

    /// <summary>A request, as soon as it is over.</summary>
    void Write(RequestRow row);

    /// <summary>Several times a second: shows what has been written, and how things are now. May come while a row is written.</summary>
    /// <param name="findConnections">For output that shows them; finding them holds the events up.</param>
    void Refresh(Func<IReadOnlyCollection<WatchedConnection>> findConnections, DateTime now);

    /// <summary>What there is to say at the end.</summary>
    /// <param name="now">When the end was; open connections have their age then.</param>
    void WriteEnd(IReadOnlyCollection<WatchedConnection> connections, IReadOnlyCollection<HostTotal> totals, DateTime now);
}
