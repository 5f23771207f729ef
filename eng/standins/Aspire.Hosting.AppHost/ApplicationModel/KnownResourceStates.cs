namespace Aspire.Hosting.ApplicationModel;

/// <summary>The states of a resource, as the dashboard and <see cref="ResourceNotificationService"/> spell them.</summary>
public static class KnownResourceStates
{
    /// <summary>Not started yet.</summary>
    public static readonly string NotStarted = "NotStarted";

    /// <summary>Held back until what it waits for is healthy.</summary>
    public static readonly string Waiting = "Waiting";

    /// <summary>DCP is starting the process.</summary>
    public static readonly string Starting = "Starting";

    /// <summary>The process runs.</summary>
    public static readonly string Running = "Running";

    /// <summary>DCP is stopping the process.</summary>
    public static readonly string Stopping = "Stopping";

    /// <summary>The process ended.</summary>
    public static readonly string Finished = "Finished";

    /// <summary>The process ended and could not say how.</summary>
    public static readonly string Exited = "Exited";

    /// <summary>The process could not be started.</summary>
    public static readonly string FailedToStart = "FailedToStart";

    /// <summary>The states that a resource does not leave by itself.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}
