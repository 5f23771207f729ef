using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Phases;

/// <summary>A buffered response body that has been read, or could not be.</summary>
/// <param name="Remembered">Its request as the journals remember it, with the phase <c>read</c>; null where none does.</param>
internal readonly record struct ReadBody(RememberedRequest? Remembered);
