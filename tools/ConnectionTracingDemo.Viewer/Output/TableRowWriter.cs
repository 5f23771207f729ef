using ConnectionTracingDemo.Viewer.Correlation;
using ConnectionTracingDemo.Viewer.Totals;

namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>Lines of fixed columns, so that rows can be written as they come.</summary>
internal sealed class TableRowWriter(TextWriter output) : IRowWriter
{
    // A terminal of 40 lines shows the heading at least once, whatever scrolled away.
    private const int RowsPerHeading = 35;
    private const int MostConnections = 40;

    private int _rows;

    public void Write(RequestRow row)
    {
        if (_rows++ % RowsPerHeading == 0)
        {
            output.WriteLine($"{"utc",-12} {"method",-7} {"host",-28} {"status",6} {"total",8} {"queue",8} {"dns",7} {"tcp",7} {"tls",7} {"send",7} {"wait",8} {"body",7} {"conn",5} {"use",-6} path");
        }

        var use = row.Connection switch { ConnectionUse.New => "new", ConnectionUse.Reused => "reused", _ => "?" };
        var path = row.Error is null ? Printable.Text(row.UrlPath) : $"{Printable.Text(row.UrlPath)}  {Printable.Cut(row.Error, 120)}";
        output.WriteLine(
            $"{row.Start,-12:HH:mm:ss.fff} {Printable.Cut(row.Method ?? "?", 7),-7} {Printable.Cut(row.Host, 28),-28} {Printable.Status(row.Status),6} {Printable.Ms(row.TotalMs),8} " +
            $"{Printable.Ms(row.QueueMs),8} {Printable.Ms(row.DnsMs),7} {Printable.Ms(row.TcpMs),7} {Printable.Ms(row.TlsMs),7} {Printable.Ms(row.SendMs),7} " +
            $"{Printable.Ms(row.WaitMs),8} {Printable.Ms(row.BodyMs),7} {row.ConnectionId?.ToString() ?? "-",5} {use,-6} {path}".TrimEnd());
    }

    public void Refresh(Func<IReadOnlyCollection<WatchedConnection>> findConnections, DateTime now) => output.Flush();

    public void WriteEnd(IReadOnlyCollection<WatchedConnection> connections, IReadOnlyCollection<HostTotal> totals, DateTime now)
    {
        if (connections.Count > 0)
        {
            output.WriteLine();
            output.WriteLine($"{"conn",5} {"host",-28} {"http",-5} {"age s",8} {"state",-6} {"served",8} address");
        }

        foreach (var connection in connections.OrderByDescending(connection => connection.RequestsServed).Take(MostConnections).OrderBy(connection => connection.Id))
        {
            var age = connection.AgeAt(now) is { } known ? known.TotalSeconds.ToString("0.0") : "older";
            output.WriteLine(
                $"{connection.Id,5} {Printable.Cut(connection.Host ?? "?", 28),-28} {Printable.Cut(connection.HttpVersion ?? "?", 5),-5} {age,8} " +
                $"{connection.State,-6} {connection.RequestsServed,8} {Printable.Text(connection.RemoteAddress)}".TrimEnd());
        }

        if (connections.Count > MostConnections)
        {
            output.WriteLine($"      and {connections.Count - MostConnections} more that served less; --format json has them all");
        }

        if (totals.Count > 0)
        {
            output.WriteLine();
            output.WriteLine($"{"host",-28} {"requests",9} {"failed",7} {"new",6} {"p50",8} {"p95",8} {"p99",8} ms");
        }

        foreach (var total in totals)
        {
            output.WriteLine(
                $"{Printable.Cut(total.Host, 28),-28} {total.Requests,9} {total.Failed,7} {total.NewConnections,6} " +
                $"{Printable.Ms(total.P50),8} {Printable.Ms(total.P95),8} {Printable.Ms(total.P99),8}");
        }
    }
}
