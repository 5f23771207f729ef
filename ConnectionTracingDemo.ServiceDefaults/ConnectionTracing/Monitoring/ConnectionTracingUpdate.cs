namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>What happened since the update before. One of these is one message of <c>/connection-tracing/events</c>.</summary>
/// <param name="Position">Where to go on after this one; the id of the message.</param>
/// <param name="Enabled">Whether connection tracing is on.</param>
/// <param name="Until">When it switches itself off; null: it does not.</param>
/// <param name="Missed">How many requests were forgotten before this reader came to see them.</param>
/// <param name="Requests">Requests that ended, oldest first. One that comes again (same span) has learned more: its body has been read.</param>
/// <param name="Connections">Connections that are new, served requests, or have been closed.</param>
/// <param name="Findings">What the diagnosis found, oldest first.</param>
public sealed record ConnectionTracingUpdate(
    long Position,
    bool Enabled,
    DateTimeOffset? Until,
    long Missed,
    IReadOnlyList<TracedRequest> Requests,
    IReadOnlyList<TracedConnection> Connections,
    IReadOnlyList<Finding> Findings);
