using ConnectionTracing.Model;

namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>One event, whatever it was read from.</summary>
internal sealed record NetworkEvent(NetworkEventKind Kind, DateTime Time)
{
    /// <summary>The decoded ActivityID, such as <c>/#4711/1/3/2/</c>; null where the process did not keep track of activities.</summary>
    public string? Path { get; init; }

    /// <summary>Of events of a phase: which one.</summary>
    public SetupPhaseKind Phase { get; init; }

    public string? Scheme { get; init; }

    public string? Host { get; init; }

    public int Port { get; init; }

    /// <summary>Without the values of its query.</summary>
    public string? UrlPath { get; init; }

    public string? Method { get; init; }

    public int StatusCode { get; init; }

    public double QueueMs { get; init; }

    /// <summary>Null where the event has none: those of a runtime before .NET 8.</summary>
    public long? ConnectionId { get; init; }

    public string? HttpVersion { get; init; }

    public string? RemoteAddress { get; init; }

    public string? Error { get; init; }
}
