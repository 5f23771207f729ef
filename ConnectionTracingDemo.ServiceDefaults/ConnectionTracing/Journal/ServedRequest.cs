using System;

namespace ConnectionTracing.Runtime;

/// <summary>A request that a connection served.</summary>
internal readonly record struct ServedRequest(string TraceId, string SpanId, DateTime Start, TimeSpan Duration);
