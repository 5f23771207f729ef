using System;

namespace ConnectionTracing.Journal;

/// <summary>A request that a connection served.</summary>
internal readonly record struct ServedRequest(string TraceId, string SpanId, DateTime Start, TimeSpan Duration);
