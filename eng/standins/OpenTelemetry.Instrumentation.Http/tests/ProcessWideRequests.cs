namespace OpenTelemetry.Instrumentation.Http.Tests;

/// <summary>The instrumentation hears every request of the process: these tests run one at a time, with no other test beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessWideRequests
{
    public const string Name = "Client requests of the whole process";
}
