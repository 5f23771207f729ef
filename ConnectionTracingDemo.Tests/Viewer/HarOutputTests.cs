extern alias viewer;

using System.Text.Json;
using ConnectionTracingDemo.Tests.Har;
using viewer::ConnectionTracingDemo.Viewer.Correlation;
using viewer::ConnectionTracingDemo.Viewer.Output;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>Rows as a HAR file.</summary>
public sealed class HarOutputTests
{
    private static readonly RequestRow Row = new()
    {
        Start = new DateTime(2026, 11, 21, 12, 30, 15, 250, DateTimeKind.Utc),
        Method = "GET",
        Host = "api:443",
        Scheme = "https",
        UrlPath = "/a,b?*",
        Status = 200,
        TotalMs = 100,
        QueueMs = 50,
        DnsMs = 5,
        TcpMs = 10,
        TlsMs = 30,
        SendMs = 1,
        WaitMs = 39,
        BodyMs = 10,
        ConnectionId = 3,
        Connection = ConnectionUse.New,
        HttpVersion = "1.1",
        RemoteAddress = "::ffff:10.0.0.1",
        Sends = 1,
    };

    [Fact]
    public void Row_with_all_columns_has_all_timings()
    {
        var entry = Assert.Single(Write(Row));

        AssertTimings(entry, blocked: 5, dns: 5, connect: 40, ssl: 30, send: 1, wait: 39, receive: 10);
        Assert.Equal(100, entry.GetProperty("time").GetDouble());
        Assert.Equal(("https://api/a,b", "GET", "HTTP/1.1"), (entry.GetProperty("request").Text("url"), entry.GetProperty("request").Text("method"), entry.GetProperty("request").Text("httpVersion")));
        Assert.Equal(("shop", "3", "10.0.0.1"), (entry.Text("_service"), entry.Text("connection"), entry.Text("serverIPAddress")));
        Assert.False(entry.GetProperty("_reused").GetBoolean());
        Assert.False(entry.TryGetProperty("_traceId", out _));
        Assert.False(entry.GetProperty("timings").TryGetProperty("comment", out _));
    }

    [Fact]
    public void Reused_connection_is_neither_waited_for_nor_opened() =>
        AssertTimings(
            Assert.Single(Write(Row with { QueueMs = null, DnsMs = null, TcpMs = null, TlsMs = null, Connection = ConnectionUse.Reused })),
            send: 1, wait: 89, receive: 10);

    [Fact]
    public void Setup_that_began_before_the_request_counts_as_far_as_the_request_waited() =>
        AssertTimings(Assert.Single(Write(Row with { QueueMs = 35 })), connect: 35, ssl: 30, send: 1, wait: 54, receive: 10);

    [Fact]
    public void Setup_that_was_not_waited_for_is_not_part_of_the_request() =>
        AssertTimings(Assert.Single(Write(Row with { QueueMs = null })), send: 1, wait: 89, receive: 10);

    [Fact]
    public void Request_that_failed_in_the_queue_was_not_sent()
    {
        var entry = Assert.Single(Write(Row with
        {
            Status = null, Error = "Connection refused (api:443)", Sends = 0, TotalMs = 60, TlsMs = null, SendMs = null, WaitMs = null, BodyMs = null,
            ConnectionId = null, Connection = ConnectionUse.Unknown, HttpVersion = null, RemoteAddress = null,
        }));

        AssertTimings(entry, blocked: 45, dns: 5, connect: 10, send: 0, wait: 0, receive: 0);
        var response = entry.GetProperty("response");
        Assert.Equal((0, "Connection refused (api:443)"), (response.GetProperty("status").GetInt32(), response.Text("_error")));
    }

    [Fact]
    public void Request_that_got_no_answer_has_waited_for_it()
    {
        var entry = Assert.Single(Write(Row with { Status = null, Error = "The request was canceled.", WaitMs = null, BodyMs = null }));

        AssertTimings(entry, blocked: 5, dns: 5, connect: 40, ssl: 30, send: 1, wait: 49, receive: 0);
        Assert.False(entry.GetProperty("timings").TryGetProperty("comment", out _));
    }

    [Fact]
    public void Without_sending_and_waiting_a_comment_says_what_wait_is()
    {
        var entry = Assert.Single(Write(Row with { SendMs = null, WaitMs = null, BodyMs = null }));

        AssertTimings(entry, blocked: 5, dns: 5, connect: 40, ssl: 30, wait: 50);
        Assert.Contains("RequestPhases", entry.GetProperty("timings").Text("comment"), StringComparison.Ordinal);
    }

    [Fact]
    public void Host_and_method_that_are_unknown_do_not_break_the_file()
    {
        var request = Assert.Single(Write(Row with { Host = "?", Method = null, Scheme = null, UrlPath = null })).GetProperty("request");

        Assert.Equal(("_OTHER", "about:blank"), (request.Text("method"), request.Text("url")));
    }

    [Fact]
    public void Rows_are_ordered_by_their_start()
    {
        var entries = Write(Row with { UrlPath = "/2", Start = Row.Start.AddMilliseconds(7) }, Row with { UrlPath = "/1" });

        Assert.Equal(["https://api/1", "https://api/2"], entries.Select(entry => entry.GetProperty("request").Text("url")));
    }

    [Fact]
    public void Long_file_is_written_in_pieces_and_keeps_every_character()
    {
        // Characters of one to four bytes, so that pieces end within some of them.
        var errors = Enumerable.Range(0, 2_000).Select(i => $"{new string('x', i % 7)}äあ😀{i}").ToList();

        var entries = Write([.. errors.Select(error => Row with { Status = null, Error = error, BodyMs = null })]);

        Assert.Equal(errors, entries.Select(entry => entry.GetProperty("response").Text("_error")));
    }

    [Fact]
    public void Beyond_the_most_requests_the_last_ones_are_kept_and_a_remark_says_so()
    {
        using var output = new StringWriter();
        var writer = new HarRowWriter(output, "shop", capacity: 2);
        for (var i = 0; i < 5; i++)
        {
            writer.Write(Row with { UrlPath = $"/{i}" });
        }

        writer.WriteEnd([], [], Row.Start);

        Assert.Equal(["https://api/3", "https://api/4"], HarAssert.IsValid(output.ToString()).Select(entry => entry.GetProperty("request").Text("url")));
        Assert.Contains("lacks the first 3 requests", writer.Remark, StringComparison.Ordinal);
        Assert.Equal(writer.Remark, JsonDocument.Parse(output.ToString()).RootElement.GetProperty("log").Text("comment"));
    }

    [Fact]
    public void Nothing_is_written_before_the_end()
    {
        using var output = new StringWriter();
        var writer = RowWriter.Create(OutputFormat.Har, output, "shop");
        writer.Write(Row);
        writer.Refresh(() => [], Row.Start);

        Assert.Equal("", output.ToString());
        Assert.Null(writer.Remark);
    }

    private static IReadOnlyList<JsonElement> Write(params RequestRow[] rows)
    {
        using var output = new StringWriter();
        var writer = RowWriter.Create(OutputFormat.Har, output, "shop");
        foreach (var row in rows)
        {
            writer.Write(row);
        }

        writer.WriteEnd([], [], Row.Start);
        return HarAssert.IsValid(output.ToString());
    }

    private static void AssertTimings(JsonElement entry, double blocked = 0.001, double dns = -1, double connect = -1, double ssl = -1, double send = -1, double wait = -1, double receive = -1) =>
        Assert.Equal(
            [blocked, dns, connect, ssl, send, wait, receive],
            new[] { "blocked", "dns", "connect", "ssl", "send", "wait", "receive" }.Select(name => entry.Timing(name)));
}
