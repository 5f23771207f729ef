using System.Text.Json;
using ConnectionTracing;
using ConnectionTracing.Har;
using ConnectionTracingDemo.Tests.ConnectionTracing.Page;

namespace ConnectionTracingDemo.Tests.Har;

/// <summary>What an entry says about a request beside its timings.</summary>
public sealed class HarEntryTests
{
    [Fact]
    public void Entry_names_trace_service_and_connection()
    {
        var connection = Sample.Connection("api") with { PeerAddress = "192.0.2.7" };
        var request = Sample.First("https://api:7480/weather") with { Connection = connection.SpanId, ConnectionId = 12 };

        var entry = Assert.Single(Entries(HarFile.Of("web", [request], [connection], [])));

        Assert.Equal((request.TraceId, request.SpanId, "web", "web"), (entry.Text("_traceId"), entry.Text("_spanId"), entry.Text("_service"), entry.Text("pageref")));
        Assert.Equal(("12", "192.0.2.7"), (entry.Text("connection"), entry.Text("serverIPAddress")));
        Assert.False(entry.GetProperty("_reused").GetBoolean());
        Assert.Equal((200, "", "HTTP/1.1"), (entry.GetProperty("response").GetProperty("status").GetInt32(), entry.GetProperty("response").Text("statusText"), entry.GetProperty("response").Text("httpVersion")));
        Assert.Null(entry.Text("comment"));
    }

    [Fact]
    public void Connection_without_a_number_is_named_by_its_span()
    {
        var request = Sample.Request("https://api/", connection: null) with { Connection = "00f067aa0ba902b7" };

        Assert.Equal("00f067aa0ba902b7", Entry(request).Text("connection"));
    }

    [Fact]
    public void What_is_unknown_is_left_out()
    {
        var entry = Entry(Sample.Request("https://api/", connection: null, reused: null) with { TraceId = "", SpanId = "" });

        Assert.All(["connection", "serverIPAddress", "_reused", "_traceId", "_spanId", "comment"], name => Assert.False(entry.TryGetProperty(name, out _), name));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1")]
    [InlineData("fe80::1%3", "fe80::1")]
    [InlineData("127.0.0.1:443", "127.0.0.1")]
    [InlineData("[::1]:443", "::1")]
    [InlineData("/tmp/socket", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Server_address_has_no_port_and_no_scope(string? peer, string? expected)
    {
        var connection = Sample.Connection("api") with { PeerAddress = peer };
        var request = Sample.Request("https://api/") with { Connection = connection.SpanId };

        Assert.Equal(expected, Assert.Single(Entries(HarFile.Of("web", [request], [connection], []))).Text("serverIPAddress"));
    }

    [Theory]
    [InlineData("1.0", "HTTP/1.0")]
    [InlineData("1.1", "HTTP/1.1")]
    [InlineData("2", "HTTP/2")]
    [InlineData("2.0", "HTTP/2")]
    [InlineData("3", "HTTP/3")]
    [InlineData(null, "")]
    public void Version_is_as_the_protocol_writes_it(string? protocol, string expected)
    {
        var entry = Entry(Sample.Request("https://api/") with { Protocol = protocol });

        Assert.Equal((expected, expected), (entry.GetProperty("request").Text("httpVersion"), entry.GetProperty("response").Text("httpVersion")));
    }

    [Fact]
    public void Request_without_a_response_has_status_0_and_says_why()
    {
        var response = Entry(Sample.Refused("https://api/")).GetProperty("response");

        Assert.Equal((0, "connection_error", "connection_error", ""), (response.GetProperty("status").GetInt32(), response.Text("statusText"), response.Text("_error"), response.Text("httpVersion")));
    }

    [Fact]
    public void Body_that_breaks_off_is_an_error_of_the_response()
    {
        var response = Entry(Sample.Request("https://api/", phases: new TracedPhase("read", 30, 5, "_OTHER"))).GetProperty("response");

        Assert.Equal((200, "_OTHER"), (response.GetProperty("status").GetInt32(), response.Text("_error")));
    }

    [Fact]
    public void Status_of_an_error_is_a_response()
    {
        var response = Entry(Sample.Request("https://api/", status: 503, error: "503")).GetProperty("response");

        Assert.Equal((503, "", null), (response.GetProperty("status").GetInt32(), response.Text("statusText"), response.Text("_error")));
    }

    [Theory]
    [InlineData("https://api/weather", "https://api/weather")]
    [InlineData("https://api:7480/weather?*", "https://api:7480/weather")]
    [InlineData("https://api/weather?token=secret#top", "https://api/weather")]
    [InlineData("https://user:secret@api/weather", "https://api/weather")]
    [InlineData("http://[::1]:5000/x", "http://[::1]:5000/x")]
    [InlineData("https://api/patients/…", "https://api/patients/%E2%80%A6")]
    [InlineData("https://bücher.example/ä b", "https://xn--bcher-kva.example/%C3%A4%20b")]
    [InlineData("", "about:blank")]
    [InlineData("/weather", "about:blank")]
    [InlineData("http://?/weather", "about:blank")]
    public void Url_is_a_uri_without_user_info_query_and_fragment(string url, string expected) =>
        Assert.Equal(expected, Entry(Sample.Request("https://api/") with { Url = url }).GetProperty("request").Text("url"));

    [Fact]
    public void Findings_are_comments_of_their_requests()
    {
        TracedRequest[] requests = [Sample.Request("https://api/1"), Sample.Request("https://api/2")];
        var finding = Sample.Finding("api") with { SpanId = requests[1].SpanId };

        var entries = Entries(HarFile.Of("web", requests, [], [finding]));

        Assert.Equal([null, $"{finding.Summary} {finding.Suggestion}"], entries.Select(entry => entry.Text("comment")));
    }

    [Fact]
    public void Texts_of_others_are_escaped()
    {
        var error = "quote \" and line\nbreak \u001b <b>";

        Assert.Equal(error, Entry(Sample.Request("https://api/", status: null, error: error)).GetProperty("response").Text("_error"));
    }

    private static JsonElement Entry(TracedRequest request) => Assert.Single(Entries(HarFile.Of("web", [request], [], [])));

    private static IReadOnlyList<JsonElement> Entries(HarFile file) => HarAssert.IsValid(JsonSerializer.Serialize(file, HarJson.Default.HarFile));
}
