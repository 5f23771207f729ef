using System;

namespace ConnectionTracing;

/// <summary>Names a request.</summary>
/// <param name="TraceId">Its trace, 32 hexadecimal digits.</param>
/// <param name="SpanId">Its span, 16 hexadecimal digits.</param>
/// <param name="Start">When it began, where known.</param>
/// <param name="Duration">How long it took until its headers, in milliseconds, where known.</param>
public sealed record TracedRequestLink(string TraceId, string SpanId, DateTimeOffset? Start, double? Duration);
