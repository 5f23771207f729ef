using System;

namespace ConnectionTracing.Hosting;

/// <summary>What connection tracing does at the moment.</summary>
internal sealed record TracingState(bool Enabled, DateTimeOffset? Until, ConnectionTracingOptions Options);
