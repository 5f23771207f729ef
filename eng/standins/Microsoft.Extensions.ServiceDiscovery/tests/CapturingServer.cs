namespace Microsoft.Extensions.ServiceDiscovery.Tests;

/// <summary>Stands in the place of the connection and keeps where requests would have gone.</summary>
internal sealed class CapturingServer : HttpMessageHandler
{
    public List<string> Uris { get; } = [];

    public List<string?> HostHeaders { get; } = [];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uris.Add(request.RequestUri!.AbsoluteUri);
        HostHeaders.Add(request.Headers.Host);
        return Task.FromResult(new HttpResponseMessage { RequestMessage = request });
    }
}
