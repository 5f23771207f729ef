namespace ConnectionTracingDemo.Tests.Samples;

/// <summary>
/// Samples are built when they run, and may build the same projects as other tests do: they run one at a time, with no other test beside them.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SampleRuns
{
    public const string Name = "Samples";
}
