namespace ConnectionTracingDemo.Viewer.Sources;

/// <summary>Why the watching ended.</summary>
internal enum WatchEnd
{
    /// <summary>The user, or the time that they gave.</summary>
    Asked,

    /// <summary>The watched process ended.</summary>
    ProcessGone,

    /// <summary>The user, but the watched process did not hand over its last events.</summary>
    NoAnswer,
}
