using System;
using System.Diagnostics;
using System.Threading;

namespace ConnectionTracing.Journal;

/// <summary>How many requests a connection served, and the most recent of them.</summary>
internal sealed class ServedRequests
{
    private const int Kept = 8;

    private readonly Lock _gate = new();
    private ServedRequest[]? _recent;
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Add(Activity request)
    {
        // Both ids are cached by the activity: nothing is allocated here after the first request.
        var served = new ServedRequest(request.TraceId.ToHexString(), request.SpanId.ToHexString(), request.StartTimeUtc, request.Duration);

        lock (_gate)
        {
            _recent ??= new ServedRequest[Kept];
            _recent[_count++ % Kept] = served;
        }
    }

    /// <summary>The most recent ones, newest first.</summary>
    public ServedRequest[] Recent()
    {
        lock (_gate)
        {
            var result = new ServedRequest[Math.Min(_count, Kept)];
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = _recent![(_count - 1 - i) % Kept];
            }

            return result;
        }
    }
}
