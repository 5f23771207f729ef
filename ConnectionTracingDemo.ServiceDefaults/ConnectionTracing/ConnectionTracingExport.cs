namespace ConnectionTracing;

/// <summary>Which connection_setup traces are exported.</summary>
public enum ConnectionTracingExport
{
    /// <summary>Every one, whatever the sampler says about requests.</summary>
    All,

    /// <summary>
    /// Those that a sampled request links to, that failed, or that took longer than <see cref="ConnectionTracingOptions.SlowSetup"/>:
    /// no exported link points to a span that was not exported, and the volume follows the sampling ratio.
    /// </summary>
    Linked,
}
