using ConnectionTracing.Runtime;

namespace ConnectionTracing.Diagnosis;

/// <summary>A buffered body took long, or was given up. Not a rule like the others: its request had ended before.</summary>
internal static class SlowBody
{
    public static Symptom Describe(in ReadBody body, ConnectionTracingDiagnosisOptions options) => new(
        FindingCause.SlowBody,
        "The response body is slow.",
        $"Reading it took {EvidenceFormat.Ms(body.Duration)}{(body.Failed ? " and failed" : "")}; the threshold is {EvidenceFormat.Ms(options.SlowBody)}.",
        "Look at what the server does between its headers and its last byte, and at how much it sends. HttpCompletionOption.ResponseHeadersRead lets you begin before all of it is there.");
}
