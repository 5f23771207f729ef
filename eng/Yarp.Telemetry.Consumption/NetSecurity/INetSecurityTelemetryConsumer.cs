using System.Security.Authentication;

namespace Yarp.Telemetry.Consumption;

/// <summary>Receives the events of <c>System.Net.Security</c>. Implement the methods you need.</summary>
public interface INetSecurityTelemetryConsumer
{
    /// <summary>A TLS handshake begins.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="isServer">Whether this process is the server.</param>
    /// <param name="targetHost">The name that the certificate has to have; empty on a server.</param>
    void OnHandshakeStart(DateTime timestamp, bool isServer, string targetHost)
    {
    }

    /// <summary>The handshake is over, whether it failed or not.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="protocol">The version that was agreed on.</param>
    void OnHandshakeStop(DateTime timestamp, SslProtocols protocol)
    {
    }

    /// <summary>The handshake failed; it stops next.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="isServer">Whether this process is the server.</param>
    /// <param name="elapsed">How long it took to fail.</param>
    /// <param name="exceptionMessage">Why.</param>
    void OnHandshakeFailed(DateTime timestamp, bool isServer, TimeSpan elapsed, string exceptionMessage)
    {
    }
}
