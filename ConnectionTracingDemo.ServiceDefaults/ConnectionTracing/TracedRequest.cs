using System;
using System.Collections.Generic;

namespace ConnectionTracing;

/// <summary>A request of this process that has ended: with its headers or, once that is known, with its body.</summary>
public sealed record TracedRequest
{
    /// <summary>Its trace, 32 hexadecimal digits.</summary>
    public required string TraceId { get; init; }

    /// <summary>Its span, 16 hexadecimal digits; no two requests have the same.</summary>
    public required string SpanId { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>From there to the response headers, in milliseconds; the body is one of the phases.</summary>
    public double Duration { get; init; }

    /// <summary>As in <c>http.request.method</c>.</summary>
    public required string Method { get; init; }

    /// <summary>As in <c>url.full</c>: without its query string. Not more than 2,048 characters.</summary>
    public required string Url { get; init; }

    /// <summary>As in <c>server.address</c>.</summary>
    public string? Host { get; init; }

    /// <summary>As in <c>server.port</c>.</summary>
    public int? Port { get; init; }

    /// <summary>As in <c>network.protocol.version</c>; null without a response.</summary>
    public string? Protocol { get; init; }

    /// <summary>As in <c>http.response.status_code</c>; null without a response.</summary>
    public int? Status { get; init; }

    /// <summary>As in <c>error.type</c>; null: it did not fail.</summary>
    public string? ErrorType { get; init; }

    /// <summary>The <see cref="TracedConnection.SpanId"/> of the connection that served it; null: unknown, or none did.</summary>
    public string? Connection { get; init; }

    /// <summary>The runtime's number of that connection, while RequestPhases is on.</summary>
    public long? ConnectionId { get; init; }

    /// <summary>As in <c>httpclient.connection.reused</c>.</summary>
    public bool? Reused { get; init; }

    /// <summary>As in <c>httpclient.connection.initiated</c>.</summary>
    public bool? Initiated { get; init; }

    /// <summary>Where the time went. DNS, TCP and TLS lie within the queue phase that waited for them; those of a connection that others opened, and that this request did not wait for, are not its own and not here.</summary>
    public required IReadOnlyList<TracedPhase> Phases { get; init; }
}
