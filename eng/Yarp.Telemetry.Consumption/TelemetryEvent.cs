namespace Yarp.Telemetry.Consumption;

/// <summary>What a reader needs of an event; unlike the runtime's own type, a test can make one.</summary>
internal readonly record struct TelemetryEvent(string Name, DateTime Timestamp, IReadOnlyList<object?> Payload);
