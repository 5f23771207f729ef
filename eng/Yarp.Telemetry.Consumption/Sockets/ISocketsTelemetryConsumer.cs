using System.Net.Sockets;

namespace Yarp.Telemetry.Consumption;

/// <summary>Receives the events of <c>System.Net.Sockets</c>. Implement the methods you need.</summary>
public interface ISocketsTelemetryConsumer
{
    /// <summary>A socket begins to connect.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="address">The socket address: its family, size and bytes.</param>
    void OnConnectStart(DateTime timestamp, string address)
    {
    }

    /// <summary>Connecting is over, whether it failed or not.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    void OnConnectStop(DateTime timestamp)
    {
    }

    /// <summary>Connecting failed; it stops next.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="error">What kind of error it was.</param>
    /// <param name="exceptionMessage">Why; often empty.</param>
#pragma warning disable CA1716 // The package calls it so, and callers may use the name.
    void OnConnectFailed(DateTime timestamp, SocketError error, string exceptionMessage)
    {
    }
#pragma warning restore CA1716
}
