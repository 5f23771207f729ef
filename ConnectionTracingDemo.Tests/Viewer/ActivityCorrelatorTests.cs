extern alias viewer;

using viewer::ConnectionTracing.Model;
using viewer::ConnectionTracing.Runtime;
using viewer::ConnectionTracingDemo.Viewer.Correlation;
using viewer::ConnectionTracingDemo.Viewer.Sources;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>Rows from activities, with times in milliseconds from a common beginning.</summary>
public sealed class ActivityCorrelatorTests
{
    private static readonly DateTime Begin = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);

    private readonly List<RequestRow> _rows = [];
    private readonly ActivityCorrelator _correlator;

    public ActivityCorrelatorTests() => _correlator = new ActivityCorrelator(_rows.Add, new CorrelatorLimits());

    [Fact]
    public void First_request_shows_what_its_connection_cost_and_the_second_does_not()
    {
        AddSetup("setup", handshakeEnd: 69);
        Add(NetworkActivities.WaitForConnection, "wait", 1, 71, parent: "first");
        AddRequest("first", 0, 100, link: "setup");
        AddRequest("second", 200, 210, link: "setup");

        Assert.Equal([ConnectionUse.New, ConnectionUse.Reused], _rows.Select(row => row.Connection));
        Assert.Equal((100, 70, 10, 20, 30), (_rows[0].TotalMs, _rows[0].QueueMs, _rows[0].DnsMs, _rows[0].TcpMs, _rows[0].TlsMs));
        Assert.Equal(("GET", "api:443", "https", "/weather?*", 200, "1.1"), (_rows[0].Method, _rows[0].Host, _rows[0].Scheme, _rows[0].UrlPath, _rows[0].Status, _rows[0].HttpVersion));
        Assert.Equal((null, null, null, null), (_rows[1].QueueMs, _rows[1].DnsMs, _rows[1].TcpMs, _rows[1].TlsMs));
        Assert.Equal((2, Begin.AddMilliseconds(70)), Assert.Single(_correlator.Connections.Select(connection => (connection.RequestsServed, connection.Opened))));
        Assert.Equal((0, 0), (_correlator.WithoutConnection, _correlator.CutHandshakes));
    }

    [Fact]
    public void Connects_that_overlap_count_once()
    {
        Add(NetworkActivities.SocketConnect, "second address", 11, 25, parent: "setup");
        Add(NetworkActivities.SocketConnect, "first address", 1, 31, parent: "setup");
        Add(NetworkActivities.ConnectionSetup, "setup", 0, 32, parent: null);
        AddRequest("first", 0, 100, link: "setup");

        Assert.Equal(30, _rows[0].TcpMs);
    }

    [Fact]
    public void Handshake_whose_activity_ended_too_early_has_no_time()
    {
        AddSetup("setup", handshakeEnd: 40);
        AddRequest("first", 0, 100, link: "setup");

        Assert.Equal((20, null), (_rows[0].TcpMs, _rows[0].TlsMs));
        Assert.Equal(1, _correlator.CutHandshakes);
    }

    [Fact]
    public void Request_without_a_link_is_neither_new_nor_reused()
    {
        AddSetup("setup", handshakeEnd: 69);
        AddRequest("first", 0, 100, link: null);

        Assert.Equal((ConnectionUse.Unknown, null, null), (_rows[0].Connection, _rows[0].ConnectionId, _rows[0].DnsMs));
        Assert.Equal(1, _correlator.WithoutConnection);
    }

    [Fact]
    public void Process_that_traces_its_connections_tells_more()
    {
        AddRequest("first", 0, 100, link: null, (AttributeNames.ConnectionReused, "False"), (AttributeNames.DnsDuration, "1.5"), (AttributeNames.TlsDuration, "3.5"), (AttributeNames.SendDuration, "0.5"), (AttributeNames.WaitDuration, "40"));
        AddRequest("second", 200, 210, link: null, (AttributeNames.ConnectionReused, "True"));
        AddRequest("third", 300, 310, link: "older", (AttributeNames.ConnectionReused, "False"));

        Assert.Equal([ConnectionUse.New, ConnectionUse.Reused, ConnectionUse.New], _rows.Select(row => row.Connection));
        Assert.Equal((1.5, 3.5, 0.5, 40), (_rows[0].DnsMs, _rows[0].TlsMs, _rows[0].SendMs, _rows[0].WaitMs));
    }

    [Fact]
    public void Connection_that_existed_before_is_reused_and_of_unknown_age()
    {
        AddRequest("first", 0, 100, link: "older");

        Assert.Equal(ConnectionUse.Reused, _rows[0].Connection);
        Assert.Null(Assert.Single(_correlator.Connections).AgeAt(Begin));
    }

    [Fact]
    public void Request_that_was_not_answered_says_why()
    {
        Add(NetworkActivities.ConnectionSetup, "setup", 1, 5, parent: null, tags: (AttributeNames.ErrorType, "connection_error"));
        Add(NetworkActivities.HttpRequestOut, "first", 0, 6, parent: null, tags: [(AttributeNames.ServerAddress, "api"), (AttributeNames.ErrorType, "connection_error")]);

        Assert.Equal(("api", null, "connection_error", ConnectionUse.Unknown), (_rows[0].Host, _rows[0].Status, _rows[0].Error, _rows[0].Connection));
        Assert.Empty(_correlator.Connections);
    }

    [Fact]
    public void Request_without_attributes_is_counted_and_not_taken_for_a_failed_one()
    {
        Add(NetworkActivities.HttpRequestOut, "first", 0, 6, parent: null);

        Assert.Empty(_rows);
        Assert.Equal(1, _correlator.WithoutAttributes);
    }

    [Fact]
    public void All_properties_or_a_choice_of_them_can_be_recorded()
    {
        var stopped = Begin.AddMilliseconds(30);
        var all = ActivityTranslator.ToSpan("x", new Dictionary<string, string>
        {
            ["Id"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ["ParentId"] = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
            ["Duration"] = "00:00:00.0200000",
            ["Tags"] = "System.Diagnostics.Activity+TagsLinkedList",
            ["TagObjects"] = "server.address:api, url.full:https://api/a?key=secret",
            ["Links"] = "[(4bf92f3577b34da6a3ce929d0e0e4736,\u200b53995c3f42cd8ad8,\u200bRecorded,\u200bnull,\u200bfalse)]",
        }, stopped)!;
        var some = ActivityTranslator.ToSpan("x", new Dictionary<string, string>
        {
            ["SpanId"] = "b7ad6b7169203331",
            ["ParentSpanId"] = "0000000000000000",
            ["StartTimeTicks"] = $"{Begin.Ticks}",
            ["DurationTicks"] = "200000",
            ["Tags"] = "[server.address, api]",
            ["Links"] = "System.Diagnostics.ActivityLink",
        }, stopped)!;

        Assert.Equal(("b7ad6b7169203331", "00f067aa0ba902b7", Begin.AddMilliseconds(10), 20), (all.Id, all.ParentId, all.Start, all.Milliseconds));
        Assert.Equal(["53995c3f42cd8ad8"], all.Links!);
        Assert.Equal(("api", "https://api/a?*"), (all.Tags[AttributeNames.ServerAddress], all.Tags[AttributeNames.UrlFull]));
        Assert.Equal(("b7ad6b7169203331", null, Begin, 20, null), (some.Id, some.ParentId, some.Start, some.Milliseconds, some.Links));
        Assert.Equal("api", some.Tags[AttributeNames.ServerAddress]);
        Assert.Null(ActivityTranslator.ToSpan("x", new Dictionary<string, string> { ["SpanId"] = "b7ad6b7169203331" }, stopped));
        Assert.Null(ActivityTranslator.ToSpan("x", new Dictionary<string, string> { ["DurationTicks"] = "200000" }, stopped));
    }

    [Fact]
    public void Culture_of_the_process_does_not_change_a_time()
    {
        AddRequest("first", 0, 100, link: null, (AttributeNames.WaitDuration, "40,5"));

        Assert.Equal(40.5, _rows[0].WaitMs);
    }

    [Fact]
    public void Tags_of_others_may_have_any_case()
    {
        var tags = ActivityTranslator.ReadTags("http.response.status_code:200, Tenant:x, app-part:y", "[network.protocol.version, 1.1],[X, z]");

        Assert.Equal(("200", "x", "y"), (tags[AttributeNames.StatusCode], tags["Tenant"], tags["app-part"]));
        Assert.Equal(("1.1", "z"), (tags[AttributeNames.ProtocolVersion], tags["X"]));
    }

    [Theory]
    [InlineData("[url.full, http://api/b],[x,%20y],[http.response.status_code, 200]")]
    [InlineData("url.full:http://api/b],[x,%20y, http.response.status_code:200")]
    public void Address_does_not_make_tags_of_its_own(string text)
    {
        var tags = ActivityTranslator.ReadTags(text);

        Assert.StartsWith("http://api/b],[x,%20y", tags[AttributeNames.UrlFull], StringComparison.Ordinal);
        Assert.Equal("200", tags[AttributeNames.StatusCode]);
        Assert.Equal(2, tags.Count);
    }

    /// <summary>From 0 to 70: DNS 10 ms, TCP 20 ms, TLS from 39 on.</summary>
    private void AddSetup(string id, double handshakeEnd)
    {
        Add(NetworkActivities.DnsLookup, "dns", 1, 11, parent: id);
        Add(NetworkActivities.SocketConnect, "tcp", 12, 32, parent: id);
        Add(NetworkActivities.TlsHandshake, "tls", 39, handshakeEnd, parent: id);
        Add(NetworkActivities.ConnectionSetup, id, 0, 70, parent: null, tags: [(AttributeNames.ServerAddress, "api"), (AttributeNames.ServerPort, "443")]);
    }

    private void AddRequest(string id, double start, double end, string? link, params (string, string)[] tags) => _correlator.Add(
        Span(NetworkActivities.HttpRequestOut, id, start, end, parent: null,
        [
            (AttributeNames.RequestMethod, "GET"), (AttributeNames.ServerAddress, "api"), (AttributeNames.ServerPort, "443"), (AttributeNames.UrlFull, "https://api:443/weather?*"),
            (AttributeNames.StatusCode, "200"), (AttributeNames.ProtocolVersion, "1.1"), .. tags,
        ]) with { Links = link is null ? null : [link] });

    private void Add(string name, string id, double start, double end, string? parent, params (string, string)[] tags) => _correlator.Add(Span(name, id, start, end, parent, tags));

    private static ActivitySpan Span(string name, string id, double start, double end, string? parent, (string Key, string Value)[] tags) =>
        new(name, id, Begin.AddMilliseconds(start), Begin.AddMilliseconds(end)) { ParentId = parent, Tags = tags.ToDictionary(tag => tag.Key, tag => tag.Value) };
}
