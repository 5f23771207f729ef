using System.Collections.Generic;
using System.Diagnostics;

namespace ConnectionTracing.Runtime;

/// <summary>Span ids are random already: a few of their digits are hash enough, and every warm request needs one.</summary>
internal sealed class SpanIdComparer : IEqualityComparer<ActivitySpanId>
{
    public static readonly SpanIdComparer Instance = new();

    public bool Equals(ActivitySpanId x, ActivitySpanId y) => x.Equals(y);

    public int GetHashCode(ActivitySpanId obj)
    {
        var hex = obj.ToHexString();
        return (hex[^1] * 0x01000193) ^ (hex[^2] << 20) ^ (hex[^3] << 12) ^ (hex[^4] << 6) ^ hex[^5];
    }
}
