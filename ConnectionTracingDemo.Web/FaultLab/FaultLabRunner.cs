using System.Diagnostics;
using ConnectionTracing;
using Microsoft.Extensions.Options;

namespace ConnectionTracingDemo.Web.FaultLab;

/// <summary>Runs scenarios. Their requests are children of the request that asks for the run, so that one trace has all of it.</summary>
internal sealed class FaultLabRunner(
    FaultServerClient servers,
    IConnectionTracingMonitor monitor,
    IHostApplicationLifetime lifetime,
    IOptions<FaultLabOptions> options)
{
    /// <summary>How long the monitor and the diagnosis may take to tell what they have seen.</summary>
    private static readonly TimeSpan TellTimeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(50);

    private readonly FaultLabOptions _options = options.Value;
    private readonly RunLimit _runs = new(options.Value.MaxRuns);

    /// <param name="scenario">What to run.</param>
    /// <param name="request">The activity of the request that asks for it. The current one may be another: Blazor gives form handlers one of their own, in another trace.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="FaultLabException">The run could not take place; the message says why.</exception>
    public async Task<FaultLabRun> RunAsync(FaultScenario scenario, Activity request, CancellationToken cancellationToken)
    {
        _runs.Begin(scenario);
        try
        {
            var report = monitor.GetReport();
            if (!report.Enabled)
            {
                throw new FaultLabException(StatusCodes.Status409Conflict, "Connection tracing is off, so there would be nothing to see. The page /fault-lab has a button that switches it on.");
            }

            if (!request.Recorded)
            {
                throw new FaultLabException(
                    StatusCodes.Status409Conflict,
                    "This trace is not recorded, so there would be nothing to see: the caller's traceparent header, or a sampler such as OTEL_TRACES_SAMPLER, says so.");
            }

            Activity.Current = request;
            var requests = new RequestLimit(_options.MaxRequests);

            // A host that stops does not wait for a run.
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
            await SendAsync(scenario, requests, end.Token);
            return await TellAsync(scenario, requests, request.TraceId.ToHexString(), report.RequestPhases, end.Token);
        }
        catch (OperationCanceledException exception) when (lifetime.ApplicationStopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new FaultLabException(StatusCodes.Status503ServiceUnavailable, "webfrontend is stopping, and the run with it.", exception);
        }
        finally
        {
            _runs.End();
        }
    }

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
    private async Task<FaultLabRun> TellAsync(FaultScenario scenario, RequestLimit requests, string traceId, bool requestPhases, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var run = Describe(scenario, requests, monitor.GetTrace(traceId), traceId, requestPhases);
            if (run.AsExpected || Stopwatch.GetElapsedTime(start) > TellTimeout)
            {
                return run;
            }

            await Task.Delay(AskInterval, cancellationToken);
        }
    }

    private static FaultLabRun Describe(FaultScenario scenario, RequestLimit requests, ConnectionTracingUpdate trace, string traceId, bool requestPhases)
    {
        // The calls to apiservice that start and stop servers are in the trace as well. They are not what the run is about.
        TracedRequest[] own = [.. trace.Requests.Where(request => requests.IsTarget(request.Host, request.Port))];
        // A finding may name another host than the request's own, such as a proxy, or none where it is about the process.
        Finding[] findings = [.. trace.Findings.Where(finding => finding.Host is null || own.Any(request => request.SpanId == finding.SpanId))];

        string[] expected = scenario.ExpectedCause is { } cause ? [cause] : [];
        var asExpected = own.Length >= requests.Sent && findings.Select(finding => finding.Cause).Distinct().SequenceEqual(expected);
        return new(scenario.Id, traceId, requests.Sent, own, findings, scenario.ExpectedCause, asExpected, requestPhases);
    }
}
