namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing;

/// <summary>What connection tracing does at the moment.</summary>
internal sealed record ConnectionTracingState(bool Enabled, DateTimeOffset? Until, ConnectionTracingOptions Options);
