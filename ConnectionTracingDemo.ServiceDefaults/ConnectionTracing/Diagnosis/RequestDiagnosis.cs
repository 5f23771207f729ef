using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Runtime.CompilerServices;
using ConnectionTracing.Diagnosis.Rules;
using ConnectionTracing.Model;
using ConnectionTracing.Runtime;
using Microsoft.Extensions.Logging;

namespace ConnectionTracing.Diagnosis;

/// <summary>
/// Examines requests that have ended and names the cause of what went wrong: in the log, on the request's span, and to
/// <see cref="Found"/>. One per host.
/// </summary>
internal sealed partial class RequestDiagnosis(ILogger logger, TimeProvider time, FailureLog log) : IConnectionObserver
{
    // What failed comes before what took long: it is the same time that is explained.
    private static readonly IDiagnosisRule[] Rules =
    [
        new StarvationRule(),
        new FailedConnectRule(),
        new FailedHandshakeRule(),
        new ProxyRule(),
        new ClosedWithoutAnswerRule(),
        new SlowDnsRule(),
        new SerializedDnsRule(),
        new FirstAddressRule(),
        new SlowConnectRule(),
        new SlowTlsRule(),
        new SlowSetupRule(),
        new PoolSaturatedRule(),
        new StreamLimitRule(),
        new ColdStartBurstRule(),
        new ConnectionChurnRule(),
        new IdleClosedRule(),
        new SlowContinueRule(),
        new SlowSendRule(),
        new SlowServerRule(),
    ];

    private readonly SafeLogger _logger = new(logger);
    private readonly FindingThrottle _throttle = new(time);
    private volatile ConnectionTracingDiagnosisOptions _options = new();
    private volatile HostTable _hosts = new(log);

    // Few have any: see ExaminedRequest.EarlierLookupsOf.
    private readonly ConditionalWeakTable<TrackedConnection, IReadOnlyList<SetupPhase>> _earlierLookups = [];

    /// <summary>Is called with each finding, before the observers that come later see its request.</summary>
    public Action<Finding>? Found { get; set; }

    public HostTable Hosts => _hosts;

    public void Apply(ConnectionTracingDiagnosisOptions options) => _options = options;

    /// <summary>Tracing is switched on: what became of earlier connections is unknown.</summary>
    public void Reset() => _hosts = new HostTable(log);

    public void OnConnection(TrackedConnection connection, SetupPhase[] ownPhases)
    {
        if (_hosts.AddFor(connection) is not { } siblings)
        {
            return;
        }

        // Without a request that waits for it, there will be none to examine.
        if (connection.Use.HasInitiator && Array.FindIndex(connection.Phases, static phase => phase.Kind == SetupPhaseKind.Dns) is var lookup and >= 0
            && siblings.LookupsUnderWayAt(connection.Phases[lookup]) is { Count: > 0 } earlier)
        {
            _earlierLookups.AddOrUpdate(connection, earlier);
        }

        siblings.Add(connection);
    }

    public void OnClosed(TrackedConnection connection) => _hosts.Find(connection)?.Closed(connection);

    public void OnRequest(in CompletedRequest request)
    {
        if (request.First)
        {
            _hosts.Find(request.Connection)?.Answered(request.End);
        }

        if (request.Connection is { Use.Upgraded: true } upgraded)
        {
            _hosts.Find(upgraded)?.Upgraded(upgraded);
        }

        var options = _options;
        if (!options.Enabled || !request.Recorded || IsOrdinary(request, options))
        {
            return;
        }

        var examined = new ExaminedRequest(request, _hosts, _earlierLookups);
        foreach (var rule in Rules)
        {
            if (rule.Examine(examined, options) is { } symptom)
            {
                Report(symptom, symptom.At ?? new Endpoint(examined.Host, examined.Port), request.Activity, request.Activity);
            }
        }
    }

    public void OnBody(in ReadBody body)
    {
        var options = _options;
        var end = body.Start + body.Duration;
        if (!options.Enabled || body.Duration < options.SlowBody
            || body.Duration - body.Request.Tracker.ThreadPool?.UnprovenWithin(body.Start, end) < options.SlowBody)
        {
            return;
        }

        var request = body.Request.Activity;
        var server = new Endpoint(request.GetTagItem(AttributeNames.ServerAddress) as string, request.GetTagItem(AttributeNames.ServerPort) as int?);
        Report(SlowBody.Describe(body, options), server, request, body.Span);
    }

    /// <summary>Whether no rule can apply. Most requests end here, also of those that open a connection: nothing is allocated.</summary>
    private bool IsOrdinary(in CompletedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        if (request.Discarded is not null || request.Failure is not null || !IsOrdinaryExchange(request, options))
        {
            return false;
        }

        for (var i = 0; i < request.Waits.Count; i++)
        {
            if (!IsOrdinary(request.Waits[i], options))
            {
                return false;
            }
        }

        return !request.First || request.Connection is not { } connection || _hosts.Find(connection) is not { } siblings
            || (!MayBe(FindingCause.ColdStartBurst, ColdStartBurstRule.SizeOf(request.Tracker, siblings, connection).Connections >= options.BurstConnections)
                && !MayBe(FindingCause.ConnectionChurn, siblings.CountClosedWithin(ConnectionChurnRule.Window, connection.OpeningSince) >= options.ChurnConnections - 1));

        // These last, and are met by each connection anew.
        bool MayBe(string cause, bool condition) => condition && !_throttle.WasReported(connection.Host, connection.Port, cause, options.RepeatAfter);
    }

    private static bool IsOrdinaryExchange(in CompletedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        var duration = request.Activity.Duration;
        if (duration >= options.Starvation && request.Tracker.ThreadPool?.LongestWithin(request.Start, request.End) is not null)
        {
            return false;
        }

        // A proxy's answer is no failure of the request.
        if (request.Activity.Status == ActivityStatusCode.Error && request.Activity.GetTagItem(AttributeNames.StatusCode) is (int)HttpStatusCode.ProxyAuthenticationRequired)
        {
            return false;
        }

        return request.Call is null || !(request.Waited >= options.SlowServer || IsSlow(request.Call.Exchange));

        bool IsSlow(in ExchangeTimes exchange) => exchange.Continue >= options.SlowContinue || exchange.Send >= options.SlowSend;
    }

    private static bool IsOrdinary(QueueWait wait, ConnectionTracingDiagnosisOptions options)
    {
        if (!wait.Ended || wait.Failed)
        {
            return false;
        }

        if (wait.Attempt is not { } attempt)
        {
            return wait.Duration < options.Queue;
        }

        foreach (var phase in attempt.Phases)
        {
            if (phase.ErrorType is not null || phase.Duration >= phase.Kind switch
                {
                    SetupPhaseKind.Dns => options.SlowDns < options.QueuedDns ? options.SlowDns : options.QueuedDns,
                    SetupPhaseKind.Tcp => options.SlowConnect,
                    SetupPhaseKind.Tunnel => options.SlowTunnel,
                    SetupPhaseKind.Tls => options.SlowTls,
                    _ => options.SlowSetup < options.SlowTunnel ? options.SlowSetup : options.SlowTunnel,
                })
            {
                return false;
            }
        }

        return true;
    }

    private void Report(Symptom symptom, Endpoint at, Activity request, Activity? span)
    {
        if (!_throttle.MayReport(at.Host, at.Port, symptom.Cause, _options.RepeatAfter))
        {
            return;
        }

        var finding = new Finding
        {
            Cause = symptom.Cause,
            Host = at.Host,
            Port = at.Port,
            Summary = symptom.Summary,
            Evidence = symptom.Evidence,
            Suggestion = symptom.Suggestion,
            TraceId = request.TraceId.ToHexString(),
            SpanId = request.SpanId.ToHexString(),
            FoundAt = time.GetUtcNow(),
        };

        AddEvent(span, finding);

        // Within the span: that is how the record gets its trace id.
        LogFinding(_logger, finding.Cause, finding.Host, finding.Port, finding.Summary, finding.Evidence, finding.Suggestion);
        Found?.Invoke(finding);
    }

    private static void AddEvent(Activity? span, Finding finding)
    {
        // Another host of the process may have found the same; the span belongs to both.
        if (span is not { IsAllDataRequested: true }
            || span.Events.Any(known => known.Name == AttributeNames.Finding && known.Tags.Any(tag => Equals(tag.Value, finding.Cause))))
        {
            return;
        }

        // The span has ended; its event is to lie within it.
        span.AddEvent(new ActivityEvent(AttributeNames.Finding, span.StartTimeUtc + span.Duration, new ActivityTagsCollection
        {
            [AttributeNames.FindingCause] = finding.Cause,
            [AttributeNames.FindingSummary] = finding.Summary,
            [AttributeNames.FindingEvidence] = finding.Evidence,
            [AttributeNames.FindingSuggestion] = finding.Suggestion,
        }));
    }

    [LoggerMessage(1, LogLevel.Warning, "{Cause} at {Host}:{Port}: {Summary} {Evidence} {Suggestion}")]
    private static partial void LogFinding(ILogger logger, string cause, string? host, int? port, string summary, string evidence, string suggestion);
}
