using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class StarvedThreadPool : FaultScenario
{
    private static readonly TimeSpan BlockedFor = TimeSpan.FromSeconds(2.5);

    /// <summary>More than the pool adds threads meanwhile, which is one or two a second.</summary>
    private const int MoreThanThreads = 64;

    public override string Id => "starved-thread-pool";

    public override string Title => "A thread pool that has no thread left";

    public override string WhatGoesWrong => $"Two requests. During the second, blocking work items take all threads of webfrontend’s thread pool for {BlockedFor.TotalSeconds} s. The server answers in a quarter of a second; the answer lies there until a thread is free to read it. The pages of this site wait as well.";

    public override string WhyItHappens => "Code that blocks on asynchronous work: .Result, .Wait() or a synchronous API, in a handler that runs many times at once. The pool adds only one or two threads a second.";

    public override string LookFor => "A long wait, as in “A server that thinks for long”. But here the server’s span is short: the time passed in this process.";

    public override string ExpectedCause => FindingCause.ThreadPoolStarvation;

    public override string WhyAnotherFinding => "The finding is about the process, and is told once in a minute (RepeatAfter): a second run within that time finds nothing.";

    // What it does to this process would be found in other runs as well.
    public override bool RunsAlone => true;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("http");
        var client = run.CreateClient(new SocketsHttpHandler());
        await run.GetAsync(client, server.Url("/warm"));

        var blocked = BlockThreadPool();
        try
        {
            // An answer that is there already when it is first asked for needs no other thread.
            await run.GetAsync(client, server.Url("/after/250ms"));
        }
        finally
        {
            // No other run begins before the threads are free again.
            await blocked;
        }
    }

    /// <summary>All end at the same moment: those that had no thread until then do not block any more.</summary>
    private static Task BlockThreadPool()
    {
        var end = Environment.TickCount64 + (long)BlockedFor.TotalMilliseconds;
        return Task.WhenAll(Enumerable.Range(0, ThreadPool.ThreadCount + MoreThanThreads).Select(_ => Task.Factory.StartNew(
            () => Thread.Sleep((int)Math.Max(0, end - Environment.TickCount64)),
            CancellationToken.None,
            TaskCreationOptions.PreferFairness,
            TaskScheduler.Default)));
    }
}
