using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Yarp.Telemetry.Consumption;

namespace ConnectionTracingDemo.Tests.TelemetryConsumption;

/// <summary>Implements everything, in the longest form, and keeps every call as a line of text.</summary>
internal sealed class Recorder :
    IHttpTelemetryConsumer, INameResolutionTelemetryConsumer, INetSecurityTelemetryConsumer, ISocketsTelemetryConsumer, IKestrelTelemetryConsumer
{
    public ConcurrentQueue<string> Calls { get; } = [];

    public ConcurrentQueue<DateTime> Timestamps { get; } = [];

    void IHttpTelemetryConsumer.OnRequestStart(DateTime timestamp, string scheme, string host, int port, string pathAndQuery, int versionMajor, int versionMinor, HttpVersionPolicy versionPolicy) =>
        Keep(timestamp, scheme, host, port, pathAndQuery, versionMajor, versionMinor, versionPolicy);

    void IHttpTelemetryConsumer.OnRequestStop(DateTime timestamp, int statusCode) => Keep(timestamp, statusCode);

    void IHttpTelemetryConsumer.OnRequestFailed(DateTime timestamp, string exceptionMessage) => Keep(timestamp, exceptionMessage);

    void IHttpTelemetryConsumer.OnConnectionEstablished(DateTime timestamp, int versionMajor, int versionMinor, long connectionId, string scheme, string host, int port, string? remoteAddress) =>
        Keep(timestamp, versionMajor, versionMinor, connectionId, scheme, host, port, remoteAddress ?? "null");

    void IHttpTelemetryConsumer.OnConnectionClosed(DateTime timestamp, int versionMajor, int versionMinor, long connectionId) =>
        Keep(timestamp, versionMajor, versionMinor, connectionId);

    void IHttpTelemetryConsumer.OnRequestLeftQueue(DateTime timestamp, TimeSpan timeOnQueue, int versionMajor, int versionMinor) =>
        Keep(timestamp, timeOnQueue, versionMajor, versionMinor);

    void IHttpTelemetryConsumer.OnRequestHeadersStart(DateTime timestamp, long connectionId) => Keep(timestamp, connectionId);

    void IHttpTelemetryConsumer.OnRequestHeadersStop(DateTime timestamp) => Keep(timestamp);

    void IHttpTelemetryConsumer.OnRequestContentStart(DateTime timestamp) => Keep(timestamp);

    void IHttpTelemetryConsumer.OnRequestContentStop(DateTime timestamp, long contentLength) => Keep(timestamp, contentLength);

    void IHttpTelemetryConsumer.OnResponseHeadersStart(DateTime timestamp) => Keep(timestamp);

    void IHttpTelemetryConsumer.OnResponseHeadersStop(DateTime timestamp, int statusCode) => Keep(timestamp, statusCode);

    void IHttpTelemetryConsumer.OnResponseContentStart(DateTime timestamp) => Keep(timestamp);

    void IHttpTelemetryConsumer.OnResponseContentStop(DateTime timestamp) => Keep(timestamp);

    void IHttpTelemetryConsumer.OnRedirect(DateTime timestamp, string redirectUri) => Keep(timestamp, redirectUri);

    void INameResolutionTelemetryConsumer.OnResolutionStart(DateTime timestamp, string hostNameOrAddress) => Keep(timestamp, hostNameOrAddress);

    void INameResolutionTelemetryConsumer.OnResolutionStop(DateTime timestamp) => Keep(timestamp);

    void INameResolutionTelemetryConsumer.OnResolutionFailed(DateTime timestamp) => Keep(timestamp);

    void INetSecurityTelemetryConsumer.OnHandshakeStart(DateTime timestamp, bool isServer, string targetHost) => Keep(timestamp, isServer, targetHost);

    void INetSecurityTelemetryConsumer.OnHandshakeStop(DateTime timestamp, SslProtocols protocol) => Keep(timestamp, protocol);

    void INetSecurityTelemetryConsumer.OnHandshakeFailed(DateTime timestamp, bool isServer, TimeSpan elapsed, string exceptionMessage) =>
        Keep(timestamp, isServer, elapsed, exceptionMessage);

    void ISocketsTelemetryConsumer.OnConnectStart(DateTime timestamp, string address) => Keep(timestamp, address);

    void ISocketsTelemetryConsumer.OnConnectStop(DateTime timestamp) => Keep(timestamp);

    void ISocketsTelemetryConsumer.OnConnectFailed(DateTime timestamp, SocketError error, string exceptionMessage) => Keep(timestamp, error, exceptionMessage);

    void IKestrelTelemetryConsumer.OnConnectionStart(DateTime timestamp, string connectionId, string? localEndPoint, string? remoteEndPoint) =>
        Keep(timestamp, connectionId, localEndPoint ?? "null", remoteEndPoint ?? "null");

    void IKestrelTelemetryConsumer.OnConnectionStop(DateTime timestamp, string connectionId) => Keep(timestamp, connectionId);

    void IKestrelTelemetryConsumer.OnRequestStart(DateTime timestamp, string connectionId, string requestId, string httpVersion, string path, string method) =>
        Keep(timestamp, connectionId, requestId, httpVersion, path, method);

    void IKestrelTelemetryConsumer.OnRequestStop(DateTime timestamp, string connectionId, string requestId, string httpVersion, string path, string method) =>
        Keep(timestamp, connectionId, requestId, httpVersion, path, method);

    private void Keep(DateTime timestamp, object? a = null, object? b = null, object? c = null, object? d = null, object? e = null, object? f = null, object? g = null, [CallerMemberName] string method = "")
    {
        var values = new[] { a, b, c, d, e, f, g }.Where(value => value is not null).Select(value => Convert.ToString(value, CultureInfo.InvariantCulture));
        var name = method[(method.LastIndexOf('.') + 1)..];
        Timestamps.Enqueue(timestamp);
        Calls.Enqueue(string.Join(' ', values.Prepend(name)));
    }
}
