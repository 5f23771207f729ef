namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>The body was held back after the headers, because the request has <c>Expect: 100-continue</c>.</summary>
internal sealed class SlowContinueRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options) =>
        request.Exchange is { Continue: { } pause, HeadersSent: { } sent } && pause >= options.SlowContinue && request.Proven(request.Start + sent, pause) >= options.SlowContinue
            ? new Symptom(
                FindingCause.SlowContinue,
                "The request waits for 100 Continue before it sends its body.",
                $"{EvidenceFormat.Ms(pause)} passed between the headers and the body; the threshold is {EvidenceFormat.Ms(options.SlowContinue)}.",
                "The server is slow to send 100 Continue, or does not send it at all: then the client waits for Expect100ContinueTimeout each time. Do not set ExpectContinue, lower that timeout, or let the server answer.")
            : null;
}
