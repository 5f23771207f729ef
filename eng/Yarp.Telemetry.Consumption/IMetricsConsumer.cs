namespace Yarp.Telemetry.Consumption;

/// <summary>Receives the counters of an event source, once a second.</summary>
/// <typeparam name="TMetrics">The counters: <see cref="HttpMetrics"/>, <see cref="NameResolutionMetrics"/>,
/// <see cref="NetSecurityMetrics"/>, <see cref="SocketsMetrics"/> or <see cref="KestrelMetrics"/>.</typeparam>
public interface IMetricsConsumer<TMetrics>
{
    /// <summary>A new set of counters is there, and one before it.</summary>
    /// <param name="previous">The set before it.</param>
    /// <param name="current">The new set.</param>
    void OnMetrics(TMetrics previous, TMetrics current);
}
