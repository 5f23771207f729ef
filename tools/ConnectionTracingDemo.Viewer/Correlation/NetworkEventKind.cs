namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>The events that <see cref="EventCorrelator"/> understands, https://learn.microsoft.com/dotnet/fundamentals/networking/telemetry/events.</summary>
internal enum NetworkEventKind
{
    RequestStart,
    RequestStop,
    RequestFailed,
    RequestMethod,
    RequestLeftQueue,
    RequestHeadersStart,
    RequestHeadersStop,
    RequestContentStart,
    RequestContentStop,
    ResponseHeadersStop,
    ResponseContentStart,
    ResponseContentStop,
    ConnectionEstablished,
    ConnectionClosed,
    PhaseStart,
    PhaseFailed,
    PhaseStop,
}
