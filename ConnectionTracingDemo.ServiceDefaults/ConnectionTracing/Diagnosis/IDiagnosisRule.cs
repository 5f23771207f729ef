namespace ConnectionTracing.Diagnosis;

/// <summary>Knows one cause.</summary>
internal interface IDiagnosisRule
{
    /// <summary>What the request shows; null: nothing, or nothing that is sure.</summary>
    Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options);
}
