using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class UnknownHost : FaultScenario
{
    // A resolver that does not answer is asked for 10 s and longer.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    public override string Id => "unknown-host";

    public override string Title => "A host that nobody knows";

    public override string WhatGoesWrong => "A request to a name below .invalid, which has no address and never will.";

    public override string WhyItHappens => "A typing error in a setting, a service that was renamed, a name that only the other network knows, or a container without the search domain it needs.";

    public override string LookFor => "The DNS phase has failed, and there is nothing behind it.";

    public override string ExpectedCause => FindingCause.HostNotFound;

    public override string WhyAnotherFinding => "Where no DNS server answers, the lookup fails too, but nobody can say that the name is unknown.";

    public override Task RunAsync(ScenarioRun run)
    {
        var client = run.CreateClient(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout });

        // A name of its own for each run: resolvers remember, and so does the diagnosis.
        return run.GetAsync(client, new Uri($"http://run-{Guid.NewGuid():N}.invalid/"));
    }
}
