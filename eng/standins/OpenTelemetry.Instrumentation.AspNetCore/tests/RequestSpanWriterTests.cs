using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace OpenTelemetry.Instrumentation.AspNetCore.Tests;

/// <summary>The finer points, where no server is needed.</summary>
public sealed class RequestSpanWriterTests
{
    private readonly RequestSpanWriter _writer = new(new AspNetCoreTraceInstrumentationOptions(), redactQuery: true);

    [Theory]
    [InlineData("?a", "?a")]
    [InlineData("?a=b", "?a=Redacted")]
    [InlineData("?a=", "?a=Redacted")]
    [InlineData("?a=b&", "?a=Redacted&")]
    [InlineData("?a=b&c", "?a=Redacted&c")]
    [InlineData("?a=b&c=1&d1=", "?a=Redacted&c=Redacted&d1=Redacted")]
    [InlineData("?a=b=c", "?a=Redacted")]
    [InlineData("?a=%26&b=x y", "?a=Redacted&b=Redacted")]
    [InlineData("?&&&", "?&&&")]
    public void Query_values_are_redacted(string query, string expected) => Assert.Equal(expected, RequestSpanWriter.Redact(query));

    [Theory]
    [InlineData("CONNECT", "CONNECT", null)]
    [InlineData("DELETE", "DELETE", null)]
    [InlineData("GET", "GET", null)]
    [InlineData("HEAD", "HEAD", null)]
    [InlineData("OPTIONS", "OPTIONS", null)]
    [InlineData("PATCH", "PATCH", null)]
    [InlineData("POST", "POST", null)]
    [InlineData("PUT", "PUT", null)]
    [InlineData("QUERY", "QUERY", null)]
    [InlineData("TRACE", "TRACE", null)]
    [InlineData("Get", "GET", "Get")]
    [InlineData("BREW", "_OTHER", "BREW")]
    public void Methods_are_those_of_the_conventions(string method, string expected, string? original)
    {
        var span = Start(request => request.Method = method);

        Assert.Equal(expected, span.GetTagItem("http.request.method"));
        Assert.Equal(original, span.GetTagItem("http.request.method_original"));
        Assert.Equal(expected == "_OTHER" ? "HTTP" : expected, span.DisplayName);
    }

    [Theory]
    [InlineData("example.org", "example.org", null)]
    [InlineData("example.org:8443", "example.org", 8443)]
    [InlineData("[::1]:5000", "[::1]", 5000)]
    public void Address_and_port_are_those_that_the_client_asked_for(string host, string address, int? port)
    {
        var span = Start(request => request.Host = new HostString(host));

        Assert.Equal(address, span.GetTagItem("server.address"));
        Assert.Equal(port, span.GetTagItem("server.port"));
    }

    [Theory]
    [InlineData("HTTP/1.0", "1.0")]
    [InlineData("HTTP/1.1", "1.1")]
    [InlineData("HTTP/2", "2")]
    [InlineData("HTTP/3", "3")]
    [InlineData("SPDY/3", null)]
    public void The_protocol_version_is_that_of_HTTP(string protocol, string? version) =>
        Assert.Equal(version, Start(request => request.Protocol = protocol).GetTagItem("network.protocol.version"));

    [Theory]
    [InlineData("", "", "/")]
    [InlineData("", "/a b", "/a%20b")]
    [InlineData("/base", "", "/base")]
    [InlineData("/base", "/path", "/base/path")]
    public void The_path_is_whole_and_escaped(string pathBase, string path, string expected)
    {
        var span = Start(request =>
        {
            request.PathBase = pathBase;
            request.Path = path;
        });

        Assert.Equal(expected, span.GetTagItem("url.path"));
    }

    [Fact]
    public void A_span_that_does_not_record_is_not_written_to()
    {
        var context = new DefaultHttpContext();
        using var span = new Activity("unsampled") { IsAllDataRequested = false };

        _writer.Start(span, context);
        _writer.Fail(span, new InvalidOperationException());
        _writer.Stop(span, context);

        Assert.Empty(span.TagObjects);
        Assert.Equal("unsampled", span.DisplayName);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
    }

    private Activity Start(Action<HttpRequest> arrange)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = HttpMethods.Get;
        arrange(context.Request);

        var span = new Activity("request");
        _writer.Start(span, context);

        return span;
    }
}
