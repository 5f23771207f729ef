namespace Aspire.Hosting.Tests.LifeAndDeath;

/// <summary>Tests that start and end whole AppHosts, one at a time and with no other test beside them: their promises are about time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LifeAndDeathTests
{
    public const string Name = "Life and death";
}
