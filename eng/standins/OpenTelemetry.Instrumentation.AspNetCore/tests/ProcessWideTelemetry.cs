namespace OpenTelemetry.Instrumentation.AspNetCore.Tests;

/// <summary>The instrumentation hears every host of the process: these tests run one at a time, with no other test beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessWideTelemetry
{
    public const string Name = "Telemetry of the whole process";
}
