using System.Text.Encodings.Web;
using System.Text.Json;
using ConnectionTracing.Model;
using ConnectionTracingDemo.Viewer.Correlation;
using ConnectionTracingDemo.Viewer.Totals;

namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>One object per line, so that a program can read along.</summary>
internal sealed class JsonRowWriter(TextWriter output) : IRowWriter
{
    // The output is no HTML; a path is easier to read with its own characters.
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Write(RequestRow row) => Line(new
    {
        type = "request",
        start = row.Start,
        method = row.Method,
        scheme = row.Scheme,
        host = row.Host,
        path = row.UrlPath,
        http = row.HttpVersion,
        status = row.Status,
        error = row.Error,
        totalMs = row.TotalMs,
        queueMs = row.QueueMs,
        dnsMs = row.DnsMs,
        tcpMs = row.TcpMs,
        tlsMs = row.TlsMs,
        sendMs = row.SendMs,
        waitMs = row.WaitMs,
        bodyMs = row.BodyMs,
        connection = row.ConnectionId,
        use = row.Connection.ToString().ToLowerInvariant(),
        sends = row.Sends,
    });

    public void Refresh(Func<IReadOnlyCollection<WatchedConnection>> findConnections, DateTime now) => output.Flush();

    public void WriteEnd(IReadOnlyCollection<WatchedConnection> connections, IReadOnlyCollection<HostTotal> totals, DateTime now)
    {
        foreach (var connection in connections)
        {
            Line(new
            {
                type = "connection",
                id = connection.Id,
                host = connection.Host,
                http = connection.HttpVersion,
                address = connection.RemoteAddress,
                opened = connection.Opened,
                closed = connection.Closed,
                ageMs = connection.AgeAt(now)?.TotalMilliseconds,
                served = connection.RequestsServed,
                dnsMs = connection.Phases.MillisecondsOf(SetupPhaseKind.Dns),
                tcpMs = connection.Phases.MillisecondsOf(SetupPhaseKind.Tcp),
                tlsMs = connection.Phases.MillisecondsOf(SetupPhaseKind.Tls),
            });
        }

        foreach (var total in totals)
        {
            Line(new { type = "total", host = total.Host, requests = total.Requests, failed = total.Failed, newConnections = total.NewConnections, p50Ms = total.P50, p95Ms = total.P95, p99Ms = total.P99 });
        }
    }

    private void Line<T>(T value) => output.WriteLine(JsonSerializer.Serialize(value, Options));
}
