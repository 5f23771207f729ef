using ConnectionTracing.Model;

namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>A connection of the watched process, seen from outside: unlike the model's, it may have been opened before the watching began.</summary>
internal sealed class WatchedConnection(long id)
{
    public long Id { get; } = id;

    /// <summary>Null if it was opened before the watching began.</summary>
    public DateTime? Opened { get; init; }

    public DateTime? Closed { get; set; }

    /// <summary>Whether its end would be seen.</summary>
    public bool EndIsSeen { get; init; } = true;

    /// <summary>Host and port.</summary>
    public string? Host { get; init; }

    public string? RemoteAddress { get; init; }

    public string? HttpVersion { get; set; }

    /// <summary>How it was opened, as far as known, in the order in which the phases began.</summary>
    public IReadOnlyList<SetupPhase> Phases { get; init; } = [];

    public long RequestsServed { get; set; }

    public string State => Closed is not null ? "closed" : EndIsSeen ? "open" : "?";

    public TimeSpan? AgeAt(DateTime time) => Opened is { } opened ? (Closed ?? time) - opened : null;
}
