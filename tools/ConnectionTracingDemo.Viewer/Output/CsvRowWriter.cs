using System.Globalization;
using ConnectionTracingDemo.Viewer.Correlation;
using ConnectionTracingDemo.Viewer.Totals;

namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>One line per request, https://www.rfc-editor.org/rfc/rfc4180.</summary>
internal sealed class CsvRowWriter(TextWriter output) : IRowWriter
{
    private bool _hasHeading;

    public void Write(RequestRow row)
    {
        WriteHeading();
        string?[] fields =
        [
            row.Start.ToString("O", CultureInfo.InvariantCulture), NoFormula(row.Method), NoFormula(row.Scheme), NoFormula(row.Host), NoFormula(row.UrlPath), NoFormula(row.HttpVersion),
            row.Status?.ToString(CultureInfo.InvariantCulture), NoFormula(row.Error),
            Ms(row.TotalMs), Ms(row.QueueMs), Ms(row.DnsMs), Ms(row.TcpMs), Ms(row.TlsMs), Ms(row.SendMs), Ms(row.WaitMs), Ms(row.BodyMs),
            row.ConnectionId?.ToString(CultureInfo.InvariantCulture), row.Connection.ToString().ToLowerInvariant(), row.Sends.ToString(CultureInfo.InvariantCulture),
        ];
        output.WriteLine(string.Join(',', fields.Select(Quote)));
    }

    public void Refresh(Func<IReadOnlyCollection<WatchedConnection>> findConnections, DateTime now) => output.Flush();

    /// <summary>A file of one kind of line: connections and totals are in the other formats.</summary>
    public void WriteEnd(IReadOnlyCollection<WatchedConnection> connections, IReadOnlyCollection<HostTotal> totals, DateTime now) => WriteHeading();

    private void WriteHeading()
    {
        if (!_hasHeading)
        {
            output.WriteLine("start,method,scheme,host,path,http,status,error,total_ms,queue_ms,dns_ms,tcp_ms,tls_ms,send_ms,wait_ms,body_ms,connection,use,sends");
            _hasHeading = true;
        }
    }

    private static string? Ms(double? milliseconds) => milliseconds?.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A spreadsheet computes a text that begins like a formula, https://owasp.org/www-community/attacks/CSV_Injection; an apostrophe makes it a text.</summary>
    private static string? NoFormula(string? text) => text is ['=' or '+' or '-' or '@', ..] ? $"'{text}" : text;

    private static string Quote(string? field)
    {
        var text = Printable.Text(field);
        return text.AsSpan().IndexOfAny(',', '"') >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
