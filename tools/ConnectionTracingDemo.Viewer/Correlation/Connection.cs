namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>A connection of the watched process.</summary>
internal sealed class Connection(long id)
{
    public long Id { get; } = id;

    /// <summary>Null if it was opened before the watching began.</summary>
    public DateTime? Opened { get; init; }

    public DateTime? Closed { get; set; }

    /// <summary>Whether somebody would have told that it was closed.</summary>
    public bool EndIsSeen { get; init; } = true;

    public string? Host { get; set; }

    public string? RemoteAddress { get; init; }

    public string? HttpVersion { get; set; }

    /// <summary>Null where nobody knows what opening it cost.</summary>
    public ConnectionSetup? Setup { get; init; }

    public long RequestsServed { get; set; }

    public string State => Closed is not null ? "closed" : EndIsSeen ? "open" : "?";

    public TimeSpan? AgeAt(DateTime time) => Opened is { } opened ? (Closed ?? time) - opened : null;
}
