namespace Yarp.Telemetry.Consumption;

/// <summary>Receives the events of <c>System.Net.NameResolution</c>. Implement the methods you need.</summary>
public interface INameResolutionTelemetryConsumer
{
    /// <summary>A DNS lookup begins.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    /// <param name="hostNameOrAddress">What is looked up.</param>
    void OnResolutionStart(DateTime timestamp, string hostNameOrAddress)
    {
    }

    /// <summary>The lookup is over, whether it failed or not.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    void OnResolutionStop(DateTime timestamp)
    {
    }

    /// <summary>The lookup failed; it stops next.</summary>
    /// <param name="timestamp">When, in UTC.</param>
    void OnResolutionFailed(DateTime timestamp)
    {
    }
}
