namespace ConnectionTracingDemo.Bench;

public enum Scenario
{
    /// <summary>A request over a connection that exists; the body is read by the caller.</summary>
    Warm,

    /// <summary>The same, and HttpClient buffers the body.</summary>
    WarmBuffered,

    /// <summary>A request that opens a connection, and closes it.</summary>
    Cold,

    /// <summary>64 warm requests at a time; the figures are for all of them.</summary>
    Concurrent,
}
