using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>Says <c>Connection: close</c> with each answer, as servers do whose keep-alive somebody switched off.</summary>
internal sealed class ClosingServer : HttpsServer
{
    // HTTP/2 knows no such header.
    protected override HttpProtocols Protocols => HttpProtocols.Http1;

    protected override Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        return base.AnswerAsync(context);
    }
}
