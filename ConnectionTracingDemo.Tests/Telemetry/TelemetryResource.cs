namespace ConnectionTracingDemo.Tests.Telemetry;

/// <summary>A process that has sent telemetry, and of which kinds.</summary>
internal sealed record TelemetryResource(string Name, string InstanceId, bool HasLogs, bool HasTraces, bool HasMetrics);
