namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>What the diagnosis found: a cause, why it is sure, and what to try. Once per host and cause in a while, not once per request.</summary>
/// <param name="Cause">One of <see cref="FindingCause"/>.</param>
/// <param name="Host">As in <c>server.address</c>.</param>
/// <param name="Port">As in <c>server.port</c>.</param>
/// <param name="Summary">One sentence: what is wrong.</param>
/// <param name="Evidence">The figures that make it sure.</param>
/// <param name="Suggestion">What to change; it names the setting where there is one.</param>
/// <param name="TraceId">The trace of the request that shows it.</param>
/// <param name="SpanId">That request's span.</param>
/// <param name="FoundAt">When.</param>
public sealed record Finding(
    string Cause,
    string? Host,
    int? Port,
    string Summary,
    string Evidence,
    string Suggestion,
    string TraceId,
    string SpanId,
    DateTimeOffset FoundAt);
