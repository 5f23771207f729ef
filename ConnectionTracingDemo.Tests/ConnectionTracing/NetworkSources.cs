namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>For tests that listen to the sources of System.Net, which belong to the whole process: one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NetworkSources
{
    public const string Name = "System.Net sources";
}
