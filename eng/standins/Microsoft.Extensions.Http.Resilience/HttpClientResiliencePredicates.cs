using System.Net;
using Polly;
using Polly.Timeout;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>What counts as a failure that may pass by itself.</summary>
public static class HttpClientResiliencePredicates
{
    /// <summary>
    /// Is it a status code from 500 on, 408 or 429, an <see cref="HttpRequestException"/> or a <see cref="TimeoutRejectedException"/>?
    /// </summary>
    public static bool IsTransient(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Result.StatusCode: >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests } => true,
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        _ => false,
    };

    /// <summary>
    /// <see cref="SocketsHttpHandler.ConnectTimeout"/> announces itself as a cancellation; what tells it apart is its cause,
    /// and that neither the caller nor the total timeout cancelled.
    /// </summary>
    internal static bool IsConnectTimeout(Outcome<HttpResponseMessage> outcome, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && outcome.Exception is OperationCanceledException { InnerException: TimeoutException };
}
