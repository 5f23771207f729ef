namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>Sends the headers at once and the body bit by bit.</summary>
internal sealed class SlowBodyServer : HttpFaultServer
{
    private const int Parts = 10;

    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    protected override async Task AnswerAsync(HttpContext context)
    {
        var part = new byte[1000];
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = Parts * part.Length;
        await context.Response.Body.FlushAsync(context.RequestAborted);

        for (var i = 0; i < Parts; i++)
        {
            await Task.Delay(Duration / Parts, context.RequestAborted);
            await context.Response.Body.WriteAsync(part, context.RequestAborted);
        }
    }
}
