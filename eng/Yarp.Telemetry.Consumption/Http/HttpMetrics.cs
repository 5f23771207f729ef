namespace Yarp.Telemetry.Consumption;

/// <summary>The counters of <c>System.Net.Http</c>.</summary>
public sealed class HttpMetrics
{
    /// <summary>An empty set, as of now.</summary>
    public HttpMetrics() => Timestamp = DateTime.UtcNow;

    /// <summary>When the first of these counters was read, in UTC.</summary>
    public DateTime Timestamp { get; internal set; }

    /// <summary>Requests started since the process did.</summary>
    public long RequestsStarted { get; internal set; }

    /// <summary>Requests started since the previous set.</summary>
    public long RequestsStartedRate { get; internal set; }

    /// <summary>Requests failed since the process started.</summary>
    public long RequestsFailed { get; internal set; }

    /// <summary>Requests failed since the previous set.</summary>
    public long RequestsFailedRate { get; internal set; }

    /// <summary>Requests that have started and not ended.</summary>
    public long CurrentRequests { get; internal set; }

    /// <summary>Open HTTP/1.1 connections.</summary>
    public long CurrentHttp11Connections { get; internal set; }

    /// <summary>Open HTTP/2 connections.</summary>
    public long CurrentHttp20Connections { get; internal set; }

    /// <summary>Open HTTP/3 connections.</summary>
    public long CurrentHttp30Connections { get; internal set; }

    /// <summary>Average time in the HTTP/1.1 queue.</summary>
    public TimeSpan Http11RequestsQueueDuration { get; internal set; }

    /// <summary>Average time in the HTTP/2 queue.</summary>
    public TimeSpan Http20RequestsQueueDuration { get; internal set; }

    /// <summary>Average time in the HTTP/3 queue.</summary>
    public TimeSpan Http30RequestsQueueDuration { get; internal set; }
}
