using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>A request that has ended, and the connection that served it.</summary>
internal sealed record RememberedRequest(TracedRequest Request, Connection? Connection)
{
    /// <summary>The same with one more phase.</summary>
    public RememberedRequest With(TracedPhase phase) => this with { Request = Request with { Phases = [.. Request.Phases, phase] } };
}
