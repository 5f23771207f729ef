using System.Diagnostics;
using System.Diagnostics.Metrics;
using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Metrics;

/// <summary>
/// Meter <c>ConnectionTracing</c>, silent while tracing is off. Readers find it by its name, in the whole process, and connections belong to
/// the process: so where several hosts trace, the first one measures. How many hosts and ports are told apart is for the reader of the
/// metrics to say: OpenTelemetry has a cardinality limit for each instrument.
/// </summary>
internal sealed class ConnectionMetrics : IConnectionObserver
{
    private readonly Histogram<double> _setupDuration;
    private readonly Counter<long> _requests;

    public ConnectionMetrics(IMeterFactory meters)
    {
        // The factory disposes it with the host.
        var meter = meters.Create(TracingSource.Name);

        _setupDuration = meter.CreateHistogram(
            "httpclient.connection.setup.duration",
            unit: "s",
            description: "Time to open a connection, in total and by phase.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

        _requests = meter.CreateCounter<long>(
            "httpclient.connection.requests",
            unit: "{request}",
            description: "Requests by what is known about the connection that served them.");
    }

    public bool IsShared => true;

    public void OnRequest(in CompletedRequest request)
    {
        if (!_requests.Enabled)
        {
            return;
        }

        var tags = new TagList();
        if (request.Connection is not null)
        {
            tags.Add(AttributeNames.ConnectionReused, !request.First);
        }

        if (request.Initiated is { } initiated)
        {
            tags.Add(AttributeNames.ConnectionInitiated, initiated);
        }

        _requests.Add(1, tags);
    }

    public void OnConnection(TrackedConnection connection, SetupPhase[] ownPhases)
    {
        if (!_setupDuration.Enabled)
        {
            return;
        }

        Record(connection, "setup", connection.SetupDuration.GetValueOrDefault().TotalSeconds, connection.ErrorType);
        foreach (var phase in ownPhases)
        {
            Record(connection, phase.Name, phase.Duration.TotalSeconds, phase.ErrorType);
        }
    }

    private void Record(TrackedConnection connection, string phase, double seconds, string? errorType)
    {
        var tags = new TagList { { AttributeNames.SetupPhaseName, phase } };

        if (connection.Host is { } host)
        {
            tags.Add(AttributeNames.ServerAddress, host);
        }

        if (connection.Port is { } port)
        {
            tags.Add(AttributeNames.ServerPort, port);
        }

        if (errorType is not null)
        {
            tags.Add(AttributeNames.ErrorType, errorType);
        }

        _setupDuration.Record(seconds, tags);
    }
}
