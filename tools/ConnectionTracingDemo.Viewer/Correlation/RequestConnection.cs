using ConnectionTracing.Model;

namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>The connection that a request was sent on.</summary>
/// <param name="Connection">Null: unknown, or the request was not sent.</param>
/// <param name="Use">What the connection had done before.</param>
internal readonly record struct RequestConnection(WatchedConnection? Connection, ConnectionUse Use)
{
    /// <summary>How the connection was opened, if this is the first request on it.</summary>
    public IReadOnlyList<SetupPhase> Setup => Use == ConnectionUse.New ? Connection?.Phases ?? [] : [];
}
