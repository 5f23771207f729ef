namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>A request of this process that has ended: with its headers or, once that is known, with its body.</summary>
/// <param name="TraceId">Its trace, 32 hexadecimal digits.</param>
/// <param name="SpanId">Its span, 16 hexadecimal digits; no two requests have the same.</param>
/// <param name="Start">When it began.</param>
/// <param name="Duration">From there to the response headers, in milliseconds; the body is one of the phases.</param>
/// <param name="Method">As in <c>http.request.method</c>.</param>
/// <param name="Url">As in <c>url.full</c>: without its query string. Not more than 2,048 characters.</param>
/// <param name="Host">As in <c>server.address</c>.</param>
/// <param name="Port">As in <c>server.port</c>.</param>
/// <param name="Protocol">As in <c>network.protocol.version</c>; null without a response.</param>
/// <param name="Status">As in <c>http.response.status_code</c>; null without a response.</param>
/// <param name="ErrorType">As in <c>error.type</c>; null: it did not fail.</param>
/// <param name="Connection">The <see cref="TracedConnection.SpanId"/> of the connection that served it; null: unknown, or none did.</param>
/// <param name="ConnectionId">The runtime's number of that connection, while RequestPhases is on.</param>
/// <param name="Reused">As in <c>http.client.connection.reused</c>.</param>
/// <param name="Initiated">As in <c>http.client.connection.initiated</c>.</param>
/// <param name="Phases">
/// Where the time went. DNS, TCP and TLS lie within the queue phase that waited for them; those of a connection that others
/// opened, and that this request did not wait for, are not its own and not here.
/// </param>
public sealed record TracedRequest(
    string TraceId,
    string SpanId,
    DateTimeOffset Start,
    double Duration,
    string Method,
    string Url,
    string? Host,
    int? Port,
    string? Protocol,
    int? Status,
    string? ErrorType,
    string? Connection,
    long? ConnectionId,
    bool? Reused,
    bool? Initiated,
    IReadOnlyList<TracedPhase> Phases);
