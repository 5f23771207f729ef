namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class CancelledRequest : FaultScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    public override string Id => "cancelled-request";

    public override string Title => "A request that somebody cancels";

    public override string WhatGoesWrong => $"The server would take five seconds. The caller leaves after {Patience.TotalMilliseconds} ms.";

    public override string WhyItHappens => "A visitor closes the page, a timeout strikes, or another attempt was faster. Over HTTP/1.1 the connection is lost with it, so that cancelling often makes everything slower.";

    public override string LookFor => "The request failed, and its error.type says that it was cancelled. No phase of the connection failed.";

    public override string WhyNoFinding => "Only the caller knows why he left. The network did nothing wrong.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("http");
        var client = run.CreateClient(new SocketsHttpHandler());

        await run.GetAsync(client, server.Url("/after/5000ms"), Patience);
    }
}
