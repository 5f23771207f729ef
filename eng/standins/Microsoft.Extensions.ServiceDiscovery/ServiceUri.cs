namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>A request's URI, <c>scheme+scheme://_endpoint.name</c>, and the service that it names.</summary>
internal readonly record struct ServiceUri(Uri Uri, ServiceName Service)
{
    public static ServiceUri Parse(Uri uri)
    {
        var host = uri.Host;
        var dot = host.IndexOf('.');
        var namesEndpoint = host.StartsWith('_') && dot > 1 && !host.EndsWith('.');

        return namesEndpoint
            ? new(uri, new(uri.Scheme, host[1..dot], host[(dot + 1)..]))
            : new(uri, new(uri.Scheme, null, host));
    }

    /// <summary>The URI for the ordinary way of finding a host: by its preferred scheme and without an endpoint's name.</summary>
    public Uri WithoutDiscovery()
    {
        if (Service.Endpoint is null && !Service.Schemes.Contains('+'))
        {
            return Uri;
        }

        return new UriBuilder(Uri) { Scheme = Service.SchemesInOrder[0], Host = Service.Name }.Uri;
    }
}
