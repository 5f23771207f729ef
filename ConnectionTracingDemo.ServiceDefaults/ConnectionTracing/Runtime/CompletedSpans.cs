using System;
using System.Diagnostics;

namespace ConnectionTracing.Runtime;

/// <summary>
/// The requests that were completed last on a thread. All listeners of a source are told about the end of an activity one after the other, on
/// the thread that ends it; and one of them may send a request, which ends on this thread before the next listener is told.
/// </summary>
internal sealed class CompletedSpans
{
    /// <summary>How many are remembered beside those that a new one is nested in.</summary>
    private const int Kept = 8;

    [ThreadStatic]
    private static CompletedSpans? ofThread;

    private readonly string?[] _spans = new string?[Kept];
    private int _next;

    /// <summary>Whether the request has not been completed before; from now on it has.</summary>
    public static bool TryAdd(Activity request) => (ofThread ??= new()).TryAddCore(request, request.SpanId.ToHexString());

    private bool TryAddCore(Activity request, string span)
    {
        // The same string: an activity keeps it. Mostly it is the last one.
        if (ReferenceEquals(_spans[(_next + Kept - 1) % Kept], span))
        {
            return false;
        }

        foreach (var known in _spans)
        {
            if (ReferenceEquals(known, span))
            {
                return false;
            }
        }

        for (var i = 0; i < Kept; i++)
        {
            var oldest = _next;
            _next = (_next + 1) % Kept;
            if (_spans[oldest] is not { } old || !IsNestedIn(request, old))
            {
                _spans[oldest] = span;
                return true;
            }
        }

        // Nested in as many: none of them can be forgotten before this one.
        return true;
    }

    private static bool IsNestedIn(Activity request, string span)
    {
        for (var outer = request.Parent; outer is not null; outer = outer.Parent)
        {
            if (ReferenceEquals(outer.SpanId.ToHexString(), span))
            {
                return true;
            }
        }

        return false;
    }
}
