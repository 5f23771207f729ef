namespace ConnectionTracingDemo.Tests.Hosting;

/// <summary>The tests that share one running demo. They run one after another: some of them stop and start its services.</summary>
[CollectionDefinition(Name)]
public sealed class SharedDemo : ICollectionFixture<DemoApplication>
{
    public const string Name = "The running demo";
}
