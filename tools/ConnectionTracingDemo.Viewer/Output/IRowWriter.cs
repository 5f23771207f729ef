using ConnectionTracingDemo.Viewer.Correlation;
using ConnectionTracingDemo.Viewer.Totals;

namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>Writes what was seen.</summary>
internal interface IRowWriter
{
    /// <summary>A request, as soon as it is over.</summary>
    void Write(RequestRow row);

    /// <summary>What there is to say at the end.</summary>
    /// <param name="now">When the end was; open connections have their age then.</param>
    void WriteEnd(IReadOnlyCollection<Connection> connections, IReadOnlyCollection<HostTotal> totals, DateTime now);
}
