using System.Diagnostics;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;
using Microsoft.Extensions.Options;

namespace ConnectionTracingDemo.Web.FaultLab;

/// <summary>Runs scenarios. Their requests are children of the request that asks for the run, so that one trace has all of it.</summary>
internal sealed class FaultLabRunner(FaultServerClient servers, IConnectionTracingMonitor monitor, IOptions<FaultLabOptions> options) : IDisposable
{
    /// <summary>How long the monitor and the diagnosis may take to tell what they have seen.</summary>
    private static readonly TimeSpan TellTimeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(50);

    private readonly FaultLabOptions _options = options.Value;
    private readonly SemaphoreSlim _free = new(options.Value.MaxRuns);

    /// <param name="scenario">What to run.</param>
    /// <param name="request">The activity of the request that asks for it. The current one may be another: Blazor gives form handlers one of their own, in another trace.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="FaultLabException">The run could not take place; the message says why.</exception>
    public async Task<FaultLabRun> RunAsync(FaultScenario scenario, Activity request, CancellationToken cancellationToken)
    {
        if (!_free.Wait(TimeSpan.Zero, CancellationToken.None))
        {
            throw new FaultLabException(
                StatusCodes.Status429TooManyRequests,
                $"{_options.MaxRuns} runs are under way, and {FaultLabOptions.Section}:{nameof(FaultLabOptions.MaxRuns)} allows no more. Try again in a few seconds.");
        }

        try
        {
            if (!monitor.GetReport().Enabled)
            {
                throw new FaultLabException(StatusCodes.Status409Conflict, "Connection tracing is off, so there would be nothing to see. The page /fault-lab has a button that switches it on.");
            }

            Activity.Current = request;
            var requests = new RequestLimit(_options.MaxRequests);

            await SendAsync(scenario, requests, cancellationToken);
            return await TellAsync(scenario, requests, request.TraceId.ToHexString(), cancellationToken);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();

    private async Task SendAsync(FaultScenario scenario, RequestLimit requests, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(_options.TimeLimit);

        await using var run = new ScenarioRun(servers, requests, end.Token);
        try
        {
            await scenario.RunAsync(run);
        }
        catch (OperationCanceledException exception) when (end.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new FaultLabException(
                StatusCodes.Status504GatewayTimeout,
                $"The run took longer than {_options.TimeLimit.TotalSeconds} s and was stopped. {FaultLabOptions.Section}:{nameof(FaultLabOptions.TimeLimit)} sets that limit.",
                exception);
        }
    }

    /// <summary>Waits until all requests are known, and the finding that should come of them, but not for long: where it does not come, that is to be shown.</summary>
    private async Task<FaultLabRun> TellAsync(FaultScenario scenario, RequestLimit requests, string traceId, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var run = Describe(scenario, requests, traceId, monitor.GetTrace(traceId));
            if ((run.Requests.Count >= requests.Sent && run.AsExpected) || Stopwatch.GetElapsedTime(start) > TellTimeout)
            {
                return run;
            }

            await Task.Delay(AskInterval, cancellationToken);
        }
    }

    private static FaultLabRun Describe(FaultScenario scenario, RequestLimit requests, string traceId, ConnectionTracingUpdate trace)
    {
        // The calls to apiservice that start and stop servers are in the trace as well. They are not what the run is about.
        TracedRequest[] own = [.. trace.Requests.Where(request => requests.IsTarget(request.Host, request.Port))];
        Finding[] findings = [.. trace.Findings.Where(finding => requests.IsTarget(finding.Host, finding.Port))];

        var causes = findings.Select(finding => finding.Cause).Distinct();
        return new(scenario.Id, traceId, own, findings, scenario.ExpectedCause, scenario.ExpectedCause is { } cause ? causes.SequenceEqual([cause]) : findings.Length == 0);
    }
}
