namespace ConnectionTracingDemo.Tests.TelemetryConsumption;

/// <summary>Event listeners hear the whole process: these tests run one at a time, with no other test beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessWideEvents
{
    public const string Name = "Networking events of the whole process";
}
