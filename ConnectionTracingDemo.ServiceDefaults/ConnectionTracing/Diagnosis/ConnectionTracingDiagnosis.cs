using System.Diagnostics;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Diagnosis.Rules;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Phases;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;
using Microsoft.Extensions.Logging;
using Attributes = ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.ConnectionTracingAttributes;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Diagnosis;

/// <summary>
/// Looks at requests that have ended and names what went wrong: in the log, on the request's span and, where there is one, in
/// the journal. One per host.
/// </summary>
internal sealed class ConnectionTracingDiagnosis(ILogger<ConnectionTracingDiagnosis> logger, TimeProvider time)
{
    // What failed comes before what took long: it is the same time that is blamed.
    private static readonly IDiagnosisRule[] Rules =
    [
        new HostNotFoundRule(),
        new SlowDnsRule(),
        new SerializedDnsRule(),
        new ConnectionRefusedRule(),
        new FirstAddressRule(),
        new SlowConnectRule(),
        new CertificateRule(),
        new SlowTlsRule(),
        new PoolSaturatedRule(),
        new StreamLimitRule(),
        new ColdStartBurstRule(),
        new ConnectionChurnRule(),
        new IdleClosedRule(),
        new SlowServerRule(),
    ];

    private readonly SaidFindings _said = new(time);
    private volatile ConnectionTracingDiagnosisOptions _options = new();

    public void Apply(ConnectionTracingDiagnosisOptions options) => _options = options;

    /// <summary>What a request shows that has just ended; most show nothing, and cost next to nothing.</summary>
    public IReadOnlyList<Finding> Examine(in CompletedRequest completed)
    {
        var options = _options;

        try
        {
            if (IsOrdinary(completed, options))
            {
                return [];
            }

            var request = new ExaminedRequest(completed);
            List<Finding>? findings = null;
            foreach (var rule in Rules)
            {
                if (rule.Examine(request, options) is { } symptom && Say(symptom, request.Host, request.Port, completed.Activity, completed.Activity) is { } finding)
                {
                    (findings ??= []).Add(finding);
                }
            }

            return findings ?? [];
        }
        catch (Exception exception)
        {
            TrackerSubscription.Report(exception);
            return [];
        }
    }

    /// <summary>What a body shows that has just been read.</summary>
    /// <param name="span">Its span, within which this is called; null: it has none.</param>
    public IReadOnlyList<Finding> Examine(in ReadBody body, Activity? span)
    {
        if (body.Duration < _options.SlowBody || !body.Request.IsAllDataRequested)
        {
            return [];
        }

        try
        {
            var host = body.Request.GetTagItem(Attributes.ServerAddress) as string;
            var port = body.Request.GetTagItem(Attributes.ServerPort) as int?;
            return Say(SlowBody.Describe(body, _options), host, port, body.Request, span) is { } finding ? [finding] : [];
        }
        catch (Exception exception)
        {
            TrackerSubscription.Report(exception);
            return [];
        }
    }

    /// <summary>Whether no rule can apply. Most requests end here, also of those that open a connection: nothing is allocated.</summary>
    private bool IsOrdinary(in CompletedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        if (request.Phases is { } phases && (phases.FoundClosed is not null || phases.WaitUntil(request.End) >= options.SlowServer))
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

        return !request.First || request.Connection is not { Siblings: { } siblings } connection
            || (!MayBe(FindingCause.ColdStartBurst, siblings.BurstWith(connection).Connections >= options.BurstConnections)
                && !MayBe(FindingCause.ConnectionChurn, siblings.CountClosedWithin(ConnectionChurnRule.Window, connection.OpeningSince) >= options.ChurnConnections - 1));

        // These last, and are met by each connection anew.
        bool MayBe(string cause, bool condition) => condition && !_said.WasSaid(connection.Host, connection.Port, cause, options.RepeatAfter);
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
                    _ => options.SlowTls,
                })
            {
                return false;
            }
        }

        return true;
    }

    private Finding? Say(Symptom symptom, string? host, int? port, Activity request, Activity? span)
    {
        if (!_said.MaySay(host, port, symptom.Cause, _options.RepeatAfter))
        {
            return null;
        }

        var finding = new Finding(
            symptom.Cause, host, port, symptom.Summary, symptom.Evidence, symptom.Suggestion,
            request.TraceId.ToHexString(), request.SpanId.ToHexString(), time.GetUtcNow());

        AddEvent(span, finding);

        // Within the span: that is how the record gets its trace id.
        logger.LogWarning(
            "{Cause} at {Host}:{Port}: {Summary} {Evidence} {Suggestion}",
            finding.Cause, finding.Host, finding.Port, finding.Summary, finding.Evidence, finding.Suggestion);

        return finding;
    }

    private static void AddEvent(Activity? span, Finding finding)
    {
        // Another host of the process may have found the same; the span belongs to both.
        if (span is not { IsAllDataRequested: true } || span.Events.Any(known => known.Name == Attributes.Finding && known.Tags.Any(tag => Equals(tag.Value, finding.Cause))))
        {
            return;
        }

        // The span has ended; its event is to lie within it.
        span.AddEvent(new ActivityEvent(Attributes.Finding, span.StartTimeUtc + span.Duration, new ActivityTagsCollection
        {
            [Attributes.FindingCause] = finding.Cause,
            [Attributes.FindingSummary] = finding.Summary,
            [Attributes.FindingEvidence] = finding.Evidence,
            [Attributes.FindingSuggestion] = finding.Suggestion,
        }));
    }
}
