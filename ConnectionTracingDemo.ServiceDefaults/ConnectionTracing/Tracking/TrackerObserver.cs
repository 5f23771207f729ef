using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Phases;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

/// <summary>What one host does with what the tracker sees.</summary>
internal sealed class TrackerObserver
{
    private volatile Journal? _journal;

    /// <summary>Remembers requests; null as long as nobody asks for them.</summary>
    public Journal? Journal
    {
        get => _journal;
        set => _journal = value;
    }

    /// <summary>A recorded request has ended.</summary>
    /// <param name="remembered">The request as journals remember it, made by the first that does.</param>
    public void Completed(in CompletedRequest request, ref RememberedRequest? remembered)
    {
        if (_journal is { } journal)
        {
            remembered ??= RequestDescription.Of(request);
            journal.Add(remembered, []);
        }
    }

    /// <summary>The body of a request has been read, or could not be.</summary>
    public void BodyRead(in ReadBody body)
    {
        if (body.Remembered is { } remembered)
        {
            _journal?.Add(remembered, []);
        }
    }

    /// <summary>A connection has been opened, or could not be, or has been closed.</summary>
    public void Changed(Connection connection) => _journal?.Add(connection);
}
