using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab;

/// <summary>A fault that somebody can look at: what it is, and how to bring it about.</summary>
internal abstract class FaultScenario
{
    /// <summary>Its name in addresses.</summary>
    public abstract string Id { get; }

    public abstract string Title { get; }

    /// <summary>What this run does.</summary>
    public abstract string WhatGoesWrong { get; }

    /// <summary>Where people meet it.</summary>
    public abstract string WhyItHappens { get; }

    /// <summary>Which phase, attribute or number tells.</summary>
    public abstract string LookFor { get; }

    /// <summary>The <see cref="FindingCause"/> that the diagnosis should come to, of this and no other.</summary>
    public virtual string? ExpectedCause => null;

    /// <summary>Why it should come to none; null where it should.</summary>
    public virtual string? WhyNoFinding => null;

    /// <summary>Where it may come to another, or to none, though all is as it should be; null: nowhere.</summary>
    public virtual string? WhyAnotherFinding => null;

    /// <summary>Whether it would disturb other runs, so that none may be under way beside it.</summary>
    public virtual bool RunsAlone => false;

    /// <summary>Sends the requests. That they fail may be the point: <see cref="ScenarioRun.GetAsync"/> lets that pass.</summary>
    public abstract Task RunAsync(ScenarioRun run);
}
