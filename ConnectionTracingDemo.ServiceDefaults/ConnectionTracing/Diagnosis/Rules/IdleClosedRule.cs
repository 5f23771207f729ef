using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Diagnosis.Rules;

/// <summary>
/// The pool wanted to use an idle connection and found it unusable, and the operating system said that the server had closed
/// it. See <see cref="Tracking.ClosedWhileIdle"/>.
/// </summary>
internal sealed class IdleClosedRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options) =>
        request.Phases?.FoundClosed?.Connection is { ClosedByServer: true } connection
            ? new Symptom(
                FindingCause.IdleClosed,
                "The server closes idle connections before the client would.",
                $"The pool found a connection closed when a request came, {Figures.Ms(request.Start - connection.EstablishedAt)} after it had been established; the system counted it among those that the other side had closed.",
                "Set PooledConnectionIdleTimeout below the server's keep-alive timeout, or raise that one (Kestrel: KeepAliveTimeout).")
            : null;
}
