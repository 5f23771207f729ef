using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;
using static ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.ConnectionTracingAttributes;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing;

/// <summary>
/// Meter <c>ConnectionTracing</c>. Process-wide like the connections it measures, and silent while tracing is off.
/// </summary>
internal static class ConnectionTracingMetrics
{
    /// <summary>Hosts and ports beyond this many count as <see cref="OtherHost"/>, without a port.</summary>
    private const int MaxEndpoints = 200;

    private const string OtherHost = "_OTHER";

    private static readonly ConcurrentDictionary<(string Host, int Port), bool> Endpoints = new();

    private static readonly Meter Meter = new(ConnectionTracingSource.Name);

    private static readonly Histogram<double> SetupDuration = Meter.CreateHistogram(
        "http.client.connection.setup.duration",
        unit: "s",
        description: "Time to open a connection, in total and by phase.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "http.client.connection.requests",
        unit: "{request}",
        description: "Requests by what is known about the connection that served them.");

    public static void AddRequest(bool? reused, bool? initiated)
    {
        if (!Requests.Enabled)
        {
            return;
        }

        var tags = new TagList();
        if (reused is { } knownReused)
        {
            tags.Add(ConnectionReused, knownReused);
        }

        if (initiated is { } knownInitiated)
        {
            tags.Add(ConnectionInitiated, knownInitiated);
        }

        Requests.Add(1, tags);
    }

    public static void AddSetup(Connection connection, SetupPhase[] phases)
    {
        if (!SetupDuration.Enabled)
        {
            return;
        }

        Record(connection, "setup", connection.SetupDuration.GetValueOrDefault(), connection.ErrorType);
        foreach (var phase in phases)
        {
            Record(connection, phase.Name, phase.Duration, phase.ErrorType);
        }
    }

    private static void Record(Connection connection, string phase, TimeSpan duration, string? errorType)
    {
        var tags = new TagList { { ConnectionTracingAttributes.SetupPhase, phase } };

        if (connection.Host is { } host && connection.Port is { } port)
        {
            var known = Endpoints.ContainsKey((host, port)) || (Endpoints.Count < MaxEndpoints && Endpoints.TryAdd((host, port), true));
            tags.Add(ServerAddress, known ? host : OtherHost);
            if (known)
            {
                tags.Add(ServerPort, port);
            }
        }

        if (errorType is not null)
        {
            tags.Add(ErrorType, errorType);
        }

        SetupDuration.Record(duration.TotalSeconds, tags);
    }
}
