using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;

namespace ConnectionTracing.Har;

/// <summary>Makes an entry of a request.</summary>
internal static class HarConversion
{
    /// <summary>Where the URL of a request is unknown: the format requires one.</summary>
    private const string UnknownUrl = "about:blank";

    private const string ReadPhase = "read";

    /// <param name="request">The request.</param>
    /// <param name="connection">The connection that served it; null: unknown, or none did.</param>
    /// <param name="service">The service that sent it.</param>
    /// <param name="findings">What the diagnosis found about it.</param>
    public static HarEntry EntryOf(TracedRequest request, TracedConnection? connection, string service, IEnumerable<Finding> findings)
    {
        var timings = HarTimeline.Of(request);
        var version = VersionOf(request.Protocol ?? connection?.Protocol);
        var comment = string.Join(' ', findings.Select(finding => $"{finding.Summary} {finding.Suggestion}"));
        return new HarEntry(
            request.Start,
            HarTimeline.Sum(timings),
            new HarRequest(request.Method, UrlOf(request.Url), version),
            ResponseOf(request, version),
            timings,
            service)
        {
            ServerIPAddress = AddressOf(connection?.PeerAddress),
            Connection = request.ConnectionId?.ToString(CultureInfo.InvariantCulture) ?? request.Connection,
            Comment = comment.Length > 0 ? comment : null,
            TraceId = KnownId(request.TraceId),
            SpanId = KnownId(request.SpanId),
            Reused = request.Reused,
        };
    }

    private static HarResponse ResponseOf(TracedRequest request, string version) => request.Status is { } status
        ? new HarResponse(status, "", version, request.Phases.FirstOrDefault(phase => phase is { Name: ReadPhase, ErrorType: not null })?.ErrorType)
        : new HarResponse(0, request.ErrorType ?? "", "", request.ErrorType);

    private static string VersionOf(string? protocol) => protocol switch
    {
        null or "" => "",
        "2.0" => "HTTP/2",
        "3.0" => "HTTP/3",
        _ => $"HTTP/{protocol}",
    };

    /// <summary>Without user info, query and fragment, and with escapes: the format requires a URI.</summary>
    private static string UrlOf(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Length > 0
            ? new UriBuilder(uri.Scheme, uri.IdnHost, uri.IsDefaultPort ? -1 : uri.Port, uri.AbsolutePath).Uri.AbsoluteUri
            : UnknownUrl;

    private static string? AddressOf(string? peer)
    {
        if (!IPEndPoint.TryParse(peer ?? "", out var endPoint))
        {
            return null;
        }

        var address = endPoint.Address;
        return address.IsIPv4MappedToIPv6 ? $"{address.MapToIPv4()}" : $"{new IPAddress(address.GetAddressBytes())}";
    }

    private static string? KnownId(string id) => id.Length > 0 ? id : null;
}
