using System.Diagnostics;
using System.Globalization;
using ConnectionTracing;

namespace ConnectionTracingDemo.Stress;

/// <summary>What must hold for a request alone.</summary>
internal static class RequestChecks
{
    /// <summary>In milliseconds. Phases are told by two clocks: spans, and the events of System.Net.Http.</summary>
    private const double Tolerance = 0.5;

    /// <summary>Of figures that come from the same clock.</summary>
    private const double Rounding = 0.01;

    private static readonly HashSet<string> Setup = ["dns", "tcp", "tls", "tunnel", "other"];
    private static readonly HashSet<string> TopLevel = ["queue", "send", "continue", "wait"];

    /// <param name="request">What the journal tells.</param>
    /// <param name="span">Its span.</param>
    /// <param name="waited">How long it waited for a connection, says the runtime; null: it did not.</param>
    /// <param name="violations">Where violations go.</param>
    public static void Check(TracedRequest request, Activity span, double? waited, Violations violations)
    {
        CheckPhases(request, violations);
        CheckAnswered(request, violations);
        CheckAttributes(request, span, waited, violations);
    }

    /// <summary>The body of a request has been read; that is its last phase. The others have been checked.</summary>
    public static void CheckReading(TracedRequest request, Violations violations)
    {
        var reading = request.Phases[^1];
        if (reading.Duration < 0 || reading.Start < request.Duration - Tolerance)
        {
            violations.Add("reading begins before the headers", Describe(request), OperationOf(request));
        }
    }

    private static void CheckPhases(TracedRequest request, Violations violations)
    {
        foreach (var phase in request.Phases)
        {
            var end = phase.Start + phase.Duration;
            Expect(phase.Start >= 0 && phase.Duration >= 0, $"a phase {phase.Name} has a negative time");
            Expect(TopLevel.Contains(phase.Name) || Setup.Contains(phase.Name), $"a phase is named {phase.Name}");
            Expect(end <= request.Duration + Tolerance, $"a phase {phase.Name} ends after its request");
            Expect(
                !Setup.Contains(phase.Name) || request.Phases.Any(queue => queue.Name == "queue" && phase.Start >= queue.Start - Tolerance && end <= queue.Start + queue.Duration + Tolerance),
                $"a phase {phase.Name} lies in no queue phase");
        }

        var sum = request.Phases.Where(phase => TopLevel.Contains(phase.Name) && !IsBesideWait(request, phase)).Sum(phase => phase.Duration);
        Expect(sum <= request.Duration + Tolerance, "phases add up to more than the request");

        void Expect(bool holds, string kind)
        {
            if (!holds)
            {
                violations.Add(kind, Describe(request), OperationOf(request));
            }
        }
    }

    /// <summary>The rest of a body, sent while the answer is waited for, or there: not the first phase of the name.</summary>
    private static bool IsBesideWait(TracedRequest request, TracedPhase phase) =>
        phase.Name == "send"
        && !ReferenceEquals(phase, request.Phases.First(first => first.Name == "send"))
        && request.Phases.Any(wait => wait.Name == "wait" && phase.Start >= wait.Start - Rounding);

    /// <summary>Where the application suppresses the flow, the events beyond the first await belong to no request that is known.</summary>
    public static bool IsWithoutFlow(TracedRequest request) => OperationOf(request) == "suppressed-flow";

    private static void CheckAnswered(TracedRequest request, Violations violations)
    {
        if (request.Status is null)
        {
            return;
        }

        if (request.Connection is null || request.Reused is null || (request.ConnectionId is null && !IsWithoutFlow(request)))
        {
            violations.Add("an answered request has no connection", Describe(request), OperationOf(request));
        }

        foreach (var name in (string[])["send", "wait"])
        {
            if (!IsWithoutFlow(request) && !request.Phases.Any(phase => phase.Name == name))
            {
                violations.Add($"an answered request has no phase {name}", Describe(request), OperationOf(request));
            }
        }
    }

    private static void CheckAttributes(TracedRequest request, Activity span, double? waited, Violations violations)
    {
        var answered = request.Status is not null;
        Expect((span.GetTagItem("httpclient.connection.id") as long?) == request.ConnectionId || !answered, "httpclient.connection.id differs from the journal");
        Expect((span.GetTagItem("httpclient.connection.reused") as bool?) == request.Reused, "httpclient.connection.reused differs from the journal");
        Expect((span.GetTagItem("httpclient.connection.initiated") as bool?) == request.Initiated, "httpclient.connection.initiated differs from the journal");

        // A body that goes on being sent beside the wait does not count. Of a request that got no answer the journal tells how far the
        // phase had come, and the attribute may be missing.
        foreach (var name in (string[])["send", "continue", "wait"])
        {
            var told = request.Phases.Where(phase => phase.Name == name && !IsBesideWait(request, phase)).Select(phase => phase.Duration).ToList();
            var isEqual = span.GetTagItem($"httpclient.{name}_ms") is double value ? told.Count > 0 && Math.Abs(value - told.Sum()) <= 2 * Rounding : told.Count == 0 || !answered;
            Expect(isEqual, $"httpclient.{name}_ms differs from the journal");
        }

        var queue = span.GetTagItem("httpclient.queue_ms") as double?;
        var queuePhases = request.Phases.Where(phase => phase.Name == "queue").ToList();
        Expect((queue is null) == (queuePhases.Count == 0), "httpclient.queue_ms is there without a phase, or a phase without it");
        Expect(queue is null || Math.Abs(queue.Value - queuePhases.Sum(phase => phase.Duration)) <= Rounding, "httpclient.queue_ms differs from the journal");

        // The waits of a client without activities count to the request in whose flow it is.
        if (!request.Url.Contains("/no-propagator/", StringComparison.Ordinal))
        {
            Expect(waited is null || queue is not null, "a request that waited has no httpclient.queue_ms");
            Expect(waited is not { } known || queue is null || queue.Value >= known - Tolerance, "httpclient.queue_ms is less than the request waited");
        }

        // The attribute is about the whole setup, a phase about what the request waited for of it.
        foreach (var name in Setup)
        {
            var phases = request.Phases.Where(phase => phase.Name == name).ToList();
            if (phases is [{ ErrorType: null }] && request is { Initiated: true, Reused: false })
            {
                Expect(span.GetTagItem($"httpclient.setup.{name}_ms") is double value && phases[0].Duration <= value + Tolerance, $"httpclient.setup.{name}_ms is less than the journal tells");
            }
        }

        void Expect(bool holds, string kind)
        {
            if (!holds)
            {
                var attributes = span.TagObjects.Where(tag => tag.Key.StartsWith("httpclient.", StringComparison.Ordinal));
                violations.Add(kind, string.Create(CultureInfo.InvariantCulture, $"{Describe(request)}; waited {waited:0.###}; {string.Join(' ', attributes.Select(tag => string.Create(CultureInfo.InvariantCulture, $"{tag.Key[11..]}={tag.Value:0.###}")))}"), OperationOf(request));
            }
        }
    }

    /// <summary>The first segment of the path.</summary>
    public static string OperationOf(TracedRequest request) => new Uri(request.Url).Segments[1].Trim('/');

    public static string Describe(TracedRequest request) => string.Create(CultureInfo.InvariantCulture,
        $"{request.Method} {request.Url} {request.Status?.ToString(CultureInfo.InvariantCulture) ?? request.ErrorType} {request.Duration:0.00} ms, connection {request.ConnectionId} reused={request.Reused} initiated={request.Initiated}: {string.Join(", ", request.Phases.Select(phase => string.Create(CultureInfo.InvariantCulture, $"{phase.Name} {phase.Start:0.00}+{phase.Duration:0.00}{(phase.ErrorType is null ? "" : "!")}")))}");

    public static string Describe(Activity request) => string.Create(CultureInfo.InvariantCulture, $"{request.DisplayName} {request.GetTagItem("url.full")} {request.Duration.TotalMilliseconds:0.00} ms");
}
