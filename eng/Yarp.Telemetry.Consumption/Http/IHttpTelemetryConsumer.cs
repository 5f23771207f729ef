namespace Yarp.Telemetry.Consumption;

/// <summary>Receives the events of <c>System.Net.Http</c>. Implement the methods you need; where there are two of a name, one is enough.</summary>
/// <remarks>Methods run in the middle of the request that they tell about, and see its async locals.</remarks>
public interface IHttpTelemetryConsumer
{
    /// <summary>A request was handed to the handler.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="scheme"><c>http</c> or <c>https</c>.</param>
    /// <param name="host">The host of the address.</param>
    /// <param name="port">The port of the address.</param>
    /// <param name="pathAndQuery">Path and query; the query is <c>*</c> unless redaction is off.</param>
    /// <param name="versionMajor">The HTTP version that was asked for.</param>
    /// <param name="versionMinor">Its minor part.</param>
    /// <param name="versionPolicy">Which other versions will do.</param>
    void OnRequestStart(DateTime timestamp, string scheme, string host, int port, string pathAndQuery, int versionMajor, int versionMinor, HttpVersionPolicy versionPolicy)
    {
    }

    /// <summary>The request is over, whether it failed or not.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    void OnRequestStop(DateTime timestamp)
    {
    }

    /// <summary>The request is over, whether it failed or not.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="statusCode">The status code of the response; -1 where there was none.</param>
    void OnRequestStop(DateTime timestamp, int statusCode) => OnRequestStop(timestamp);

    /// <summary>The request failed; it stops next.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    void OnRequestFailed(DateTime timestamp)
    {
    }

    /// <summary>The request failed; it stops next.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="exceptionMessage">Why.</param>
    void OnRequestFailed(DateTime timestamp, string exceptionMessage) => OnRequestFailed(timestamp);

    /// <summary>A connection is ready for requests.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="versionMajor">Its HTTP version.</param>
    /// <param name="versionMinor">The minor part.</param>
    void OnConnectionEstablished(DateTime timestamp, int versionMajor, int versionMinor)
    {
    }

    /// <summary>A connection is ready for requests.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="versionMajor">Its HTTP version.</param>
    /// <param name="versionMinor">The minor part.</param>
    /// <param name="connectionId">Its number in this process.</param>
    /// <param name="scheme"><c>http</c> or <c>https</c>.</param>
    /// <param name="host">The host it is for.</param>
    /// <param name="port">The port it is for.</param>
    /// <param name="remoteAddress">The address at its other end.</param>
    void OnConnectionEstablished(DateTime timestamp, int versionMajor, int versionMinor, long connectionId, string scheme, string host, int port, string? remoteAddress) =>
        OnConnectionEstablished(timestamp, versionMajor, versionMinor);

    /// <summary>A connection is closed.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="versionMajor">Its HTTP version.</param>
    /// <param name="versionMinor">The minor part.</param>
    void OnConnectionClosed(DateTime timestamp, int versionMajor, int versionMinor)
    {
    }

    /// <summary>A connection is closed.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="versionMajor">Its HTTP version.</param>
    /// <param name="versionMinor">The minor part.</param>
    /// <param name="connectionId">Its number in this process.</param>
    void OnConnectionClosed(DateTime timestamp, int versionMajor, int versionMinor, long connectionId) =>
        OnConnectionClosed(timestamp, versionMajor, versionMinor);

    /// <summary>The request had to wait for a connection, and waits no longer.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="timeOnQueue">How long it waited.</param>
    /// <param name="versionMajor">The HTTP version of the queue.</param>
    /// <param name="versionMinor">The minor part.</param>
    void OnRequestLeftQueue(DateTime timestamp, TimeSpan timeOnQueue, int versionMajor, int versionMinor)
    {
    }

    /// <summary>Sending the request headers begins.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    void OnRequestHeadersStart(DateTime timestamp)
    {
    }

    /// <summary>Sending the request headers begins.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="connectionId">The connection that serves the request.</param>
    void OnRequestHeadersStart(DateTime timestamp, long connectionId) => OnRequestHeadersStart(timestamp);

    /// <summary>The request headers are sent.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    void OnRequestHeadersStop(DateTime timestamp)
    {
    }

    /// <summary>Sending the request body begins.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    void OnRequestContentStart(DateTime timestamp)
    {
    }

    /// <summary>The request body is sent.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="contentLength">Its length in bytes.</param>
    void OnRequestContentStop(DateTime timestamp, long contentLength)
    {
    }

    /// <summary>The first bytes of the response are there.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    void OnResponseHeadersStart(DateTime timestamp)
    {
    }

    /// <summary>The response headers are read.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    void OnResponseHeadersStop(DateTime timestamp)
    {
    }

    /// <summary>The response headers are read.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="statusCode">The status code.</param>
    void OnResponseHeadersStop(DateTime timestamp, int statusCode) => OnResponseHeadersStop(timestamp);

    /// <summary><see cref="HttpClient"/> starts to buffer the response body.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    void OnResponseContentStart(DateTime timestamp)
    {
    }

    /// <summary><see cref="HttpClient"/> has the response body in its buffer.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    void OnResponseContentStop(DateTime timestamp)
    {
    }

    /// <summary>The handler follows a redirection.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="redirectUri">Where it leads.</param>
    void OnRedirect(DateTime timestamp, string redirectUri)
    {
    }
}
