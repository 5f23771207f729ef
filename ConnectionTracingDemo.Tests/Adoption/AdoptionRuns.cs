namespace ConnectionTracingDemo.Tests.Adoption;

/// <summary>Each of these tests builds a solution: one at a time, beside tests of other kinds.</summary>
[CollectionDefinition(Name)]
public sealed class AdoptionRuns
{
    public const string Name = "Adoption";
}
