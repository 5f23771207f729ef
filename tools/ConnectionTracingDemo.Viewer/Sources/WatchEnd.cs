namespace ConnectionTracingDemo.Viewer.Sources;

/// <summary>Why the watching ended.</summary>
internal enum WatchEnd
{
    /// <summary>The user, or the time that they gave.</summary>
    Asked,

    /// <summary>The watched process ended.</summary>
    ProcessGone,
}
