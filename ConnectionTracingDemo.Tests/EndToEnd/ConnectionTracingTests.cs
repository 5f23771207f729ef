using System.Diagnostics;
using System.Globalization;
using ConnectionTracing.Runtime;
using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Telemetry;

namespace ConnectionTracingDemo.Tests.EndToEnd;

/// <summary>What the dashboard shows of two visits of the Weather page: the first opens a connection to the API, the second uses it.</summary>
/// <remarks>
/// Names and attributes are those of https://learn.microsoft.com/dotnet/core/diagnostics/distributed-tracing-builtin-activities. Whatever
/// else a span or a trace holds is not the business of these tests.
/// </remarks>
[Collection(SharedDemo.Name)]
public sealed class ConnectionTracingTests(DemoApplication demo, TwoVisits visits) : IClassFixture<TwoVisits>
{
    private string ApiPort => demo.ApiUrl.Port.ToString(CultureInfo.InvariantCulture);

    private string ApiAuthority => $"localhost:{ApiPort}";

    [Fact]
    public void The_page_is_the_root_of_the_trace()
    {
        var page = visits.First.Page;

        Assert.Equal("GET /weather", page.Name);
        Assert.Null(page.ParentSpanId);
        Assert.Equal("GET", page["http.request.method"]);
        Assert.Equal("https", page["url.scheme"]);
        Assert.Equal("/weather", page["url.path"]);
        Assert.Equal("/weather", page["http.route"]);
        Assert.Equal("200", page["http.response.status_code"]);
        Assert.Equal("localhost", page["server.address"]);
        Assert.Equal(demo.WebUrl.Port.ToString(CultureInfo.InvariantCulture), page["server.port"]);
        Assert.Equal(ActivityStatusCode.Unset, page.Status);
    }

    [Fact]
    public void The_request_to_the_api_is_below_the_page()
    {
        var request = visits.First.Request;

        Assert.Equal("GET", request.Name);
        Assert.Equal(NetworkActivitySources.Http, request.Source);
        Assert.True(request.IsChildOf(visits.First.Page), $"Not below the page: {request}");
        Assert.Equal("GET", request["http.request.method"]);
        Assert.Equal("localhost", request["server.address"]);
        Assert.Equal(ApiPort, request["server.port"]);
        Assert.Equal($"https://{ApiAuthority}/weatherforecast", request["url.full"]);
        Assert.Equal("200", request["http.response.status_code"]);
        Assert.Equal("1.1", request["network.protocol.version"]);
        Assert.Null(request["error.type"]);
    }

    [Fact]
    public void The_answer_of_the_api_is_below_the_request()
    {
        var answer = visits.First.Answer;

        Assert.Equal("GET /weatherforecast", answer.Name);
        Assert.True(answer.IsChildOf(visits.First.Request), $"Not below the request: {answer}");
        Assert.Equal("GET", answer["http.request.method"]);
        Assert.Equal("https", answer["url.scheme"]);
        Assert.Equal("/weatherforecast", answer["http.route"]);
        Assert.Equal("200", answer["http.response.status_code"]);
    }

    [Fact]
    public void The_first_request_waits_for_a_connection()
    {
        var wait = Assert.Single(visits.First.Waits);

        Assert.Equal($"HTTP wait_for_connection {ApiAuthority}", wait.Name);
        Assert.Equal(NetworkActivitySources.HttpConnections, wait.Source);
        Assert.Equal(ActivityKind.Internal, wait.Kind);
        Assert.True(wait.IsChildOf(visits.First.Request), $"Not below the request: {wait}");
        Assert.InRange(wait.Start, visits.First.Request.Start, wait.End);
        Assert.InRange(wait.End, wait.Start, visits.First.Request.End);
        Assert.Null(wait["error.type"]);
    }

    [Fact]
    public void The_connection_has_a_trace_of_its_own()
    {
        var setup = visits.ConnectionSetup;

        Assert.Equal($"HTTP connection_setup {ApiAuthority}", setup.Name);
        Assert.Equal(NetworkActivitySources.HttpConnections, setup.Source);
        Assert.Equal(ActivityKind.Internal, setup.Kind);
        Assert.Null(setup.ParentSpanId);
        Assert.NotEqual(visits.First.Page.TraceId, setup.TraceId);
        Assert.Equal("localhost", setup["server.address"]);
        Assert.Equal(ApiPort, setup["server.port"]);
        Assert.Equal("https", setup["url.scheme"]);
        Assert.Contains(setup["network.peer.address"], LoopbackAddresses);
        Assert.Null(setup["error.type"]);
    }

    [Fact]
    public void The_connection_starts_with_a_name_lookup()
    {
        var lookup = Phase(NetworkActivitySources.NameResolution);

        Assert.Equal("DNS lookup localhost", lookup.Name);
        Assert.Equal("localhost", lookup["dns.question.name"]);
        Assert.Contains("1", lookup["dns.answers"], StringComparison.Ordinal);
        Assert.Null(lookup["error.type"]);
    }

    [Fact]
    public void Then_a_socket_connects()
    {
        var connect = Phase(NetworkActivitySources.Sockets);

        Assert.StartsWith("socket connect ", connect.Name, StringComparison.Ordinal);
        Assert.EndsWith($":{ApiPort}", connect.Name, StringComparison.Ordinal);
        Assert.Contains(connect["network.peer.address"], LoopbackAddresses);
        Assert.Equal(ApiPort, connect["network.peer.port"]);
        Assert.Equal("tcp", connect["network.transport"]);
        Assert.Contains(connect["network.type"], new[] { "ipv4", "ipv6" });
        Assert.Null(connect["error.type"]);
        Assert.InRange(connect.Start, Phase(NetworkActivitySources.NameResolution).End, connect.End);
    }

    // .NET 10.0.12 ends this span as soon as it has begun: its duration tells nothing, and now and then it is on its way to the dashboard before
    // the protocol is known.
    [Fact]
    public void Then_both_sides_agree_on_keys()
    {
        var handshake = Phase(NetworkActivitySources.Security);

        Assert.Equal("TLS client handshake localhost", handshake.Name);
        Assert.Equal("localhost", handshake["server.address"]);
        Assert.Contains(handshake["tls.protocol.name"], new[] { null, "tls" });
        Assert.Contains(handshake["tls.protocol.version"], new[] { null, "1.2", "1.3" });
        Assert.Null(handshake["error.type"]);
        Assert.InRange(handshake.Start, Phase(NetworkActivitySources.Sockets).End, visits.ConnectionSetup.End);
    }

    [Fact]
    public void Both_requests_link_to_the_connection()
    {
        var link = SpanLink.To(visits.ConnectionSetup);

        Assert.Contains(link, visits.First.Request.Links);
        Assert.Contains(link, visits.Second.Request.Links);
    }

    [Fact]
    public void The_second_request_waits_for_nothing()
    {
        Assert.Empty(visits.Second.Waits);
        Assert.NotEqual(visits.First.Page.TraceId, visits.Second.Page.TraceId);
        Assert.True(visits.Second.Answer.IsChildOf(visits.Second.Request), $"Not below the request: {visits.Second.Answer}");
    }

    // "::ffff:127.0.0.1" is what a socket for both IPv4 and IPv6 calls 127.0.0.1.
    private static string[] LoopbackAddresses => ["127.0.0.1", "::1", "::ffff:127.0.0.1"];

    // localhost may be two addresses, and the first of them may refuse; the last attempt is the one that made the connection.
    private Span Phase(string source) => visits.ConnectionPhases.Where(span => span.Source == source).MaxBy(span => span.Start)
        ?? throw new InvalidOperationException($"connection_setup has no child from {source}, only: {string.Join(", ", visits.ConnectionPhases)}");
}
