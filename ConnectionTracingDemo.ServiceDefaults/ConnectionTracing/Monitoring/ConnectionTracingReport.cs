namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>What <c>GET /connection-tracing</c> shows.</summary>
/// <param name="Enabled">Whether connection tracing is on.</param>
/// <param name="Until">When it switches itself off; null: it does not.</param>
/// <param name="RequestPhases">As <see cref="ConnectionTracingOptions.RequestPhases"/>.</param>
/// <param name="InlineSetup">As <see cref="ConnectionTracingOptions.InlineSetup"/>.</param>
/// <param name="Export">As <see cref="ConnectionTracingOptions.Export"/>.</param>
/// <param name="SlowSetup">As <see cref="ConnectionTracingOptions.SlowSetup"/>, in milliseconds.</param>
/// <param name="MaxTrackedConnections">As <see cref="ConnectionTracingOptions.MaxTrackedConnections"/>.</param>
/// <param name="TrackedConnections">How many connections are remembered.</param>
/// <param name="Connections">The most recent of them, newest first.</param>
/// <param name="Requests">The most recent requests, newest first.</param>
/// <param name="Findings">What the diagnosis found lately, newest first.</param>
public sealed record ConnectionTracingReport(
    bool Enabled,
    DateTimeOffset? Until,
    bool RequestPhases,
    bool InlineSetup,
    string Export,
    double SlowSetup,
    int MaxTrackedConnections,
    int TrackedConnections,
    IReadOnlyList<TracedConnection> Connections,
    IReadOnlyList<TracedRequest> Requests,
    IReadOnlyList<Finding> Findings);
