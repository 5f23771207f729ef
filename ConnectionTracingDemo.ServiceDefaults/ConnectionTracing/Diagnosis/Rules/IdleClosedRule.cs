namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>
/// The pool wanted to use an idle connection and found it unusable, for the second time in a row; and the operating system said
/// that the first one had been closed by the server. See <see cref="IdleClosings"/>.
/// </summary>
internal sealed class IdleClosedRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        if (request is not { Discarded: { } connection, DiscardedSiblings.IdleClosings: { } closings })
        {
            return null;
        }

        if (closings.Continue(connection))
        {
            return new Symptom(
                FindingCause.IdleClosed,
                "The server closes idle connections before the client would.",
                $"The pool found a connection closed when a request came, {EvidenceFormat.Ms(request.Start - connection.EstablishedAt)} after it had been established. So was one before it, and the system did not have that among those that this side had closed.",
                "Set PooledConnectionIdleTimeout below the server's keep-alive timeout, or raise that one (Kestrel: KeepAliveTimeout).");
        }

        closings.Ask(connection);
        return null;
    }
}
