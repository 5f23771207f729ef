namespace ConnectionTracing.Journal;

/// <summary>How far one reader has come. All that a reader costs.</summary>
internal sealed class JournalCursor
{
    /// <summary>The position of the request to read next.</summary>
    public long Requests;

    /// <summary>The position of the connection change to read next.</summary>
    public long Connections;

    /// <summary>The position of the finding to read next.</summary>
    public long Findings;

    /// <summary>The state that was read last.</summary>
    public long State = -1;
}
