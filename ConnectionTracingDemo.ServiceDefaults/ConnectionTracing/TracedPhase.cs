namespace ConnectionTracing;

/// <summary>A phase of a request or of a connection setup.</summary>
/// <param name="Name"><c>queue</c>, <c>dns</c>, <c>tcp</c>, <c>tunnel</c>, <c>tls</c>, <c>other</c>, <c>send</c>, <c>continue</c>, <c>wait</c> or <c>read</c>. One name may come several times: an address that fails, and the next one.</param>
/// <param name="Start">Milliseconds after the start of the request or of the setup.</param>
/// <param name="Duration">In milliseconds.</param>
/// <param name="ErrorType">As in <c>error.type</c>; null: the phase did not fail.</param>
public sealed record TracedPhase(string Name, double Start, double Duration, string? ErrorType = null);
