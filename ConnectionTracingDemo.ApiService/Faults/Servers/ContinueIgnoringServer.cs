using Microsoft.Net.Http.Headers;

namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>Never sends <c>100 Continue</c>: waits for the body and then answers.</summary>
internal sealed class ContinueIgnoringServer : HttpFaultServer
{
    protected override async Task AnswerAsync(HttpContext context)
    {
        // Kestrel sends it when the body is first read, if the request asks for it.
        context.Request.Headers.Remove(HeaderNames.Expect);
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        await base.AnswerAsync(context);
    }
}
