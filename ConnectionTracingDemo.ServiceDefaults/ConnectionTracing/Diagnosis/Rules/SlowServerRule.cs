namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>The request had been sent, and the response headers took long, or the request gave up.</summary>
internal sealed class SlowServerRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options) =>
        request.Waited is { } waited && waited >= options.SlowServer && request.Proven(request.WaitStart, waited) >= options.SlowServer
            ? new Symptom(
                FindingCause.SlowServer,
                "The server is slow to answer.",
                $"Between the end of the request and the response headers, {EvidenceFormat.Ms(waited)} passed{(request.IsAnswered ? "" : ", and the request ended without them")}; the threshold is {EvidenceFormat.Ms(options.SlowServer)}.",
                "Look at the server: its span of the same trace says where the time went. The connection was there, and the request was sent.")
            : null;
}
