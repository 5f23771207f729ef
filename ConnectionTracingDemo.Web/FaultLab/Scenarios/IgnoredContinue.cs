using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class IgnoredContinue : FaultScenario
{
    private const int Requests = 3;

    public override string Id => "ignored-continue";

    public override string Title => "100 Continue never comes";

    public override string WhatGoesWrong => $"{Requests} POSTs with Expect: 100-continue, one after the other. The client holds each body back until the server asks for it, and this server never does. After a second, Expect100ContinueTimeout, the client sends it anyway.";

    public override string WhyItHappens => "The server, or a proxy before it, does not implement Expect: 100-continue. The client sends it because ExpectContinue was set, or because code from .NET Framework, where it was the default, asks for it.";

    public override string LookFor => "Continue is nearly the whole bar, and every time as long as Expect100ContinueTimeout. The server answers quickly once it has the body.";

    public override string ExpectedCause => FindingCause.SlowContinue;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("continue-ignoring");
        var client = run.CreateClient(new SocketsHttpHandler());
        client.DefaultRequestHeaders.ExpectContinue = true;

        for (var i = 0; i < Requests; i++)
        {
            using var content = new StringContent("hello");
            await run.PostAsync(client, server.Url("/"), content);
        }
    }
}
