namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>What a request's connection had done before.</summary>
internal enum ConnectionUse
{
    /// <summary>The request was not sent, or events are missing that would tell.</summary>
    Unknown,

    /// <summary>Served its first request.</summary>
    New,

    /// <summary>Had served others, or existed before the watching began.</summary>
    Reused,
}
