using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>Closes a connection soon after its last answer: what Kestrel's KeepAliveTimeout does, which counts in seconds.</summary>
internal sealed class IdleClosingServer : HttpFaultServer
{
    public static readonly TimeSpan IdleTime = TimeSpan.FromMilliseconds(200);

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
