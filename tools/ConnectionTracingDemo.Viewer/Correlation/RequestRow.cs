namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>One call of HttpClient and where its time went, in milliseconds. What is not known is null.</summary>
internal sealed record RequestRow
{
    public required DateTime Start { get; init; }

    /// <summary>Null as long as no event told it.</summary>
    public string? Method { get; init; }

    /// <summary>Host and port.</summary>
    public required string Host { get; init; }

    public string? Scheme { get; init; }

    public string? UrlPath { get; init; }

    /// <summary>Null if no response came.</summary>
    public int? Status { get; init; }

    public string? Error { get; init; }

    public double TotalMs { get; init; }

    public double? QueueMs { get; init; }

    public double? DnsMs { get; init; }

    public double? TcpMs { get; init; }

    public double? TlsMs { get; init; }

    public double? SendMs { get; init; }

    public double? WaitMs { get; init; }

    public double? BodyMs { get; init; }

    public long? ConnectionId { get; init; }

    public ConnectionUse Connection { get; init; }

    public string? HttpVersion { get; init; }

    /// <summary>Where the connection leads; null: unknown.</summary>
    public string? RemoteAddress { get; init; }

    /// <summary>How often it was sent: redirects and retries below HttpClient send again.</summary>
    public int Sends { get; init; }
}
