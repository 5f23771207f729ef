using System;
using System.Linq;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>
/// Connections were closed after one or two requests each, and others had to be opened in their place. A burst is something
/// else: its connections do not replace any. So are WebSockets, which need a connection each. So is a server that closes idle connections, for <see cref="IdleClosedRule"/>.
/// </summary>
internal sealed class ConnectionChurnRule : IDiagnosisRule
{
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private const int FewRequests = 2;

    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        if (!request.IsFirst || request.Connection is not { } connection || request.Siblings is not { } siblings || siblings.IdleClosings.AreByServer(connection.OpeningSince))
        {
            return null;
        }

        var recent = siblings.Recent().Where(sibling =>
            sibling is { ErrorType: null, Use.Upgraded: false } && sibling.OpeningSince <= connection.OpeningSince && connection.OpeningSince - sibling.OpeningSince <= Window).ToList();
        var closed = recent.Where(sibling => sibling.ClosedAt <= connection.OpeningSince && sibling.Use.AtLeast is > 0 and <= FewRequests).ToList();

        if (closed.Count < options.ChurnConnections - 1)
        {
            return null;
        }

        var firstClosed = closed.Min(sibling => sibling.ClosedAt);
        var replacements = recent.Count(sibling => sibling.OpeningSince >= firstClosed);
        if (replacements < options.ChurnConnections - 1)
        {
            return null;
        }

        var requests = closed.Sum(sibling => sibling.Use.AtLeast);
        var age = TimeSpan.FromTicks((long)closed.Average(sibling => (sibling.ClosedAt!.Value - sibling.EstablishedAt).Ticks));
        return new Symptom(
            FindingCause.ConnectionChurn,
            "Connections are opened one after the other, each for few requests.",
            $"{closed.Count} connections within {EvidenceFormat.Ms(connection.OpeningSince - closed.Min(sibling => sibling.OpeningSince))} were closed after {EvidenceFormat.Count(requests, "request")} in all, at an age of {EvidenceFormat.Ms(age)} on average.",
            "Look for Connection: close in the server's answers, for a handler or HttpClient made and disposed for each request (use IHttpClientFactory or a static client), for a PooledConnectionLifetime that is too short, and for requests that are cancelled or time out, which over HTTP/1.1 costs the connection.");
    }
}
