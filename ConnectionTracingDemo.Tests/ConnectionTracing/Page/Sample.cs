using System.Globalization;
using ConnectionTracing;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Page;

/// <summary>What services might tell. Every request and connection is another one.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Start = new(2026, 11, 21, 17, 6, 34, 123, TimeSpan.Zero);

    private static int s_last;

    /// <summary>A request. Each ends a millisecond after the one before.</summary>
    public static TracedRequest Request(string url, int? status = 200, string? error = null, double duration = 30, long? connection = 1, bool? reused = true, params TracedPhase[] phases)
    {
        var number = Interlocked.Increment(ref s_last);
        var known = Uri.TryCreate(url, UriKind.Absolute, out var uri);
        return new()
        {
            TraceId = Hex(number, 32),
            SpanId = Hex(number, 16),
            Start = Start.AddMilliseconds(number - duration),
            Duration = duration,
            Method = "GET",
            Url = url,
            Host = known ? uri!.Host : null,
            Port = known ? uri!.Port : null,
            Protocol = status is null ? null : "1.1",
            Status = status,
            ErrorType = error,
            ConnectionId = connection,
            Reused = reused,
            Initiated = reused is false,
            Phases = phases,
        };
    }

    /// <summary>One that opened its connection.</summary>
    public static TracedRequest First(string url) => Request(
        url, duration: 118.7, reused: false,
        phases: [new("queue", 0, 45.7), new("dns", 0.5, 3.9), new("tcp", 4.6, 8), new("tls", 13, 31.3), new("send", 45.8, 0.4), new("wait", 46.3, 72.4), new("read", 118.7, 6.4)]);

    /// <summary>One that was refused.</summary>
    public static TracedRequest Refused(string url) => Request(
        url, status: null, error: "connection_error", duration: 7.4, connection: null, reused: null,
        phases: [new("queue", 0, 7, "connection_error"), new("dns", 0.5, 0.2), new("tcp", 0.8, 6.1, "connection_refused")]);

    public static TracedConnection Connection(string host, long served = 1, string? error = null, DateTimeOffset? closedAt = null)
    {
        var number = Interlocked.Increment(ref s_last);
        return new()
        {
            TraceId = Hex(number, 32),
            SpanId = Hex(number, 16),
            Id = number,
            Scheme = "https",
            Address = host,
            Port = 7480,
            PeerAddress = "127.0.0.1",
            Protocol = "1.1",
            TlsProtocol = "1.3",
            OpenedAt = Start.AddMilliseconds(number),
            Setup = 44,
            ClosedAt = closedAt,
            Phases = [new("dns", 0.2, 3.9), new("tcp", 4.3, 8), new("tls", 12.6, 31.3, error)],
            ErrorType = error,
            Served = served,
            Requests = [],
        };
    }

    public static Finding Finding(string host, string summary = "Opening connections is slow.") => new()
    {
        Cause = FindingCause.SlowTls,
        Host = host,
        Port = 7480,
        Summary = summary,
        Evidence = "TLS took 31.3 of 44.0 ms in 4 of 4 setups.",
        Suggestion = "Keep connections longer: PooledConnectionIdleTimeout.",
        TraceId = Hex(1, 32),
        SpanId = Hex(1, 16),
        FoundAt = Start,
    };

    public static ConnectionTracingUpdate Update(
        long position,
        IReadOnlyList<TracedRequest>? requests = null,
        IReadOnlyList<TracedConnection>? connections = null,
        IReadOnlyList<Finding>? findings = null,
        bool enabled = true,
        long missed = 0) => new()
        {
            Position = position,
            Enabled = enabled,
            RequestPhases = true,
            Missed = missed,
            Requests = requests ?? [],
            Connections = connections ?? [],
            Findings = findings ?? [],
        };

    private static string Hex(int number, int digits) => number.ToString("x8", CultureInfo.InvariantCulture).PadLeft(digits, 'a');
}
