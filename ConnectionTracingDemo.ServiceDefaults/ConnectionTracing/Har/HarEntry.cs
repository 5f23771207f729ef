using System;
using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace ConnectionTracing.Har;

/// <summary>A request in a HAR file. The names that begin with an underscore are not of the format, which allows them.</summary>
/// <param name="StartedDateTime">When the request began.</param>
/// <param name="Time">The sum of the timings, in milliseconds.</param>
/// <param name="Service">The service that sent it.</param>
internal sealed record HarEntry(
    [property: JsonConverter(typeof(HarTimeConverter))] DateTimeOffset StartedDateTime,
    double Time,
    HarRequest Request,
    HarResponse Response,
    HarTimings Timings,
    [property: JsonPropertyName("_service")] string Service)
{
    /// <summary>The <see cref="HarPage.Id"/> of the service.</summary>
    public string Pageref => Service;

    /// <summary>Nothing is known about caches.</summary>
    public HarCache Cache { get; } = new();

    /// <summary>The address that the connection leads to, without port and scope; null: unknown.</summary>
    public string? ServerIPAddress { get; init; }

    /// <summary>The runtime's number of the connection, else the span of its setup; null: unknown.</summary>
    public string? Connection { get; init; }

    /// <summary>What the diagnosis found about the request; null: nothing.</summary>
    public string? Comment { get; init; }

    /// <summary>The trace of the request, 32 hexadecimal digits; null: unknown.</summary>
    [JsonPropertyName("_traceId")]
    public string? TraceId { get; init; }

    /// <summary>The span of the request, 16 hexadecimal digits; null: unknown.</summary>
    [JsonPropertyName("_spanId")]
    public string? SpanId { get; init; }

    /// <summary>Whether the connection had served another request before; null: unknown.</summary>
    [JsonPropertyName("_reused")]
    public bool? Reused { get; init; }
}

/// <summary>The request of an entry. Headers, cookies, the query and the body are not recorded.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Url">Without user info, query and fragment.</param>
/// <param name="HttpVersion">Such as HTTP/1.1; empty: unknown.</param>
internal sealed record HarRequest(string Method, string Url, string HttpVersion)
{
    public IReadOnlyList<string> Cookies { get; } = [];

    public IReadOnlyList<string> Headers { get; } = [];

    public IReadOnlyList<string> QueryString { get; } = [];

    public int HeadersSize { get; } = -1;

    public int BodySize { get; } = -1;
}

/// <summary>The response of an entry. Headers, cookies and the body are not recorded.</summary>
/// <param name="Status">The status code; 0: there was no response.</param>
/// <param name="StatusText">Why there was no response; else empty: the reason phrase is not recorded.</param>
/// <param name="HttpVersion">Such as HTTP/1.1; empty: unknown.</param>
/// <param name="Error">Why there was no response, or why its body could not be read; null: there was no error.</param>
internal sealed record HarResponse(int Status, string StatusText, string HttpVersion, [property: JsonPropertyName("_error")] string? Error = null)
{
    public IReadOnlyList<string> Cookies { get; } = [];

    public IReadOnlyList<string> Headers { get; } = [];

    public HarContent Content { get; } = new();

    [JsonPropertyName("redirectURL")]
    public string RedirectUrl { get; } = "";

    public int HeadersSize { get; } = -1;

    public int BodySize { get; } = -1;
}

/// <summary>The body of a response, which is not recorded.</summary>
internal sealed record HarContent
{
    public int Size { get; } = -1;

    public string MimeType { get; } = "x-unknown";
}

/// <summary>What a cache had of a response: unknown, so the object is empty.</summary>
internal sealed record HarCache;
