namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Sends a request to the address of the service that its URI names.</summary>
internal sealed class ServiceDiscoveryHandler(ConfiguredServices services) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } uri)
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        request.RequestUri = Resolve(ServiceUri.Parse(uri));
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // A retry asks again, and may get another address.
            request.RequestUri = uri;
        }
    }

    private Uri Resolve(ServiceUri uri) => services.Find(uri.Service)?.Next().ApplyTo(uri) ?? uri.WithoutDiscovery();
}
