using System.Net.Http;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>
/// Several connections were opened for the request, one after the other, and each was closed before any answer. It is certain that the server
/// does so, or something on the way to it, and not why: a server that closes a connection without a TLS alert does not say.
/// </summary>
internal sealed class ClosedWithoutAnswerRule : IDiagnosisRule
{
    public const string Suggestion = "Look at the server's log. Over https, it may require a client certificate, or know no certificate for the name; over http, it may expect https at that port. A firewall or proxy on the way may close connections, too.";

    /// <summary>One may be chance: a server that restarts.</summary>
    private const int Sure = 2;

    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options) =>
        request is { IsFirst: true, IsAnswered: false, Failure: { Error: HttpRequestError.ResponseEnded, Handshake: null }, OwnConnections: >= Sure }
            ? new Symptom(
                FindingCause.ClosedWithoutAnswer,
                "New connections are closed without an answer.",
                $"{request.OwnConnections} connections were opened for the request, and each was closed before the first byte of a response.",
                Suggestion) { At = request.ProxyOf(request.Connection) }
            : null;
}
