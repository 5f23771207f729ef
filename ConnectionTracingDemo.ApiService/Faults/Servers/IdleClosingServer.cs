using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>Closes a connection soon after its last answer: what Kestrel's KeepAliveTimeout does, which counts in seconds.</summary>
internal sealed class IdleClosingServer : HttpsServer
{
    public static readonly TimeSpan IdleTime = TimeSpan.FromMilliseconds(200);

    // Over HTTP/2 the server would say goodbye first (GOAWAY); this is about those who just hang up.
    protected override HttpProtocols Protocols => HttpProtocols.Http1;

    protected override async Task AnswerAsync(HttpContext context)
    {
        // Read now: when the answer has been given, the context is that of the next request.
        var connection = context.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>();
        context.Response.OnCompleted(() =>
        {
            _ = CloseAsync(connection);
            return Task.CompletedTask;
        });

        await base.AnswerAsync(context);
    }

    private static async Task CloseAsync(IConnectionLifetimeNotificationFeature connection)
    {
        await Task.Delay(IdleTime);
        connection.RequestClose();
    }
}
