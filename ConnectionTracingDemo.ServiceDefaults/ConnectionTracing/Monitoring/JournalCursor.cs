namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>How far one reader has come. All that a reader costs.</summary>
internal sealed class JournalCursor
{
    /// <summary>The position of the request to read next.</summary>
    public long Requests { get; set; }

    /// <summary>The position of the connection change to read next.</summary>
    public long Connections { get; set; }

    /// <summary>The position of the finding to read next.</summary>
    public long Findings { get; set; }

    /// <summary>The state that was read last.</summary>
    public long State { get; set; } = -1;
}
