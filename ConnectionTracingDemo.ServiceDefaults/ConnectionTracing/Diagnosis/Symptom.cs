namespace ConnectionTracing.Diagnosis;

/// <summary>What a rule is sure of. Host names and figures only: it goes to the log.</summary>
/// <param name="Cause">One of <see cref="FindingCause"/>.</param>
/// <param name="Summary">One sentence: what is wrong.</param>
/// <param name="Evidence">The figures that make it sure.</param>
/// <param name="Suggestion">What to change; it names the setting where there is one.</param>
internal sealed record Symptom(string Cause, string Summary, string Evidence, string Suggestion)
{
    /// <summary>What was asked, or queued for; null: the server of the request.</summary>
    public Endpoint? At { get; init; }
}
