namespace Yarp.Telemetry.Consumption;

/// <summary>Receives the events of <c>Microsoft-AspNetCore-Server-Kestrel</c>. Implement the methods you need.</summary>
public interface IKestrelTelemetryConsumer
{
    /// <summary>A connection was accepted.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="connectionId">Its id.</param>
    /// <param name="localEndPoint">The server's end.</param>
    /// <param name="remoteEndPoint">The client's end.</param>
    void OnConnectionStart(DateTime timestamp, string connectionId, string? localEndPoint, string? remoteEndPoint)
    {
    }

    /// <summary>A connection is closed.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="connectionId">Its id.</param>
    void OnConnectionStop(DateTime timestamp, string connectionId)
    {
    }

    /// <summary>The headers of a request are read; the application is next.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="connectionId">The connection it came on.</param>
    /// <param name="requestId">Its trace identifier.</param>
    /// <param name="httpVersion">Such as <c>HTTP/1.1</c>.</param>
    /// <param name="path">The path, without the query.</param>
    /// <param name="method">The method.</param>
    void OnRequestStart(DateTime timestamp, string connectionId, string requestId, string httpVersion, string path, string method)
    {
    }

    /// <summary>The request is over.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="connectionId">The connection it came on.</param>
    /// <param name="requestId">Its trace identifier.</param>
    /// <param name="httpVersion">Such as <c>HTTP/1.1</c>.</param>
    /// <param name="path">The path, without the query.</param>
    /// <param name="method">The method.</param>
    void OnRequestStop(DateTime timestamp, string connectionId, string requestId, string httpVersion, string path, string method)
    {
    }
}
