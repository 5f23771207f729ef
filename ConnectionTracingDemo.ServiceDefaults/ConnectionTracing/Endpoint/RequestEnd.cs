using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace ConnectionTracing.Endpoint;

/// <summary>When an endpoint has to end: neither a client that does not read nor a service that does not answer may hold up the stop of the host.</summary>
internal static class RequestEnd
{
    /// <summary>Runs a handler until it is done, the client leaves, or the host stops.</summary>
    /// <param name="lifetime">Of the host.</param>
    /// <param name="context">The request.</param>
    /// <param name="handle">The handler; its token is cancelled when the client leaves or the host stops.</param>
    public static async Task RunUntilStopAsync(this IHostApplicationLifetime lifetime, HttpContext context, Func<CancellationToken, Task> handle)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await handle(end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // A client must not take a part for the whole, and the server would wait for one that does not read.
            context.Abort();
        }
    }
}
