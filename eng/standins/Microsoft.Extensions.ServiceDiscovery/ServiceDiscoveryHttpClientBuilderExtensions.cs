using Microsoft.Extensions.ServiceDiscovery;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds service discovery to an <see cref="HttpClient"/> that comes from <see cref="IHttpClientFactory"/>.</summary>
public static class ServiceDiscoveryHttpClientBuilderExtensions
{
    /// <summary>
    /// Sends requests for <c>https+http://name</c> (https preferred), <c>https://name</c>, <c>http://name</c> and <c>https+http://_endpoint.name</c>
    /// to an address of that service, to each of several in turn.
    /// </summary>
    /// <remarks>
    /// Needs <see cref="ServiceDiscoveryServiceCollectionExtensions.AddServiceDiscovery"/>. Asynchronous requests only.
    /// </remarks>
    /// <returns><paramref name="httpClientBuilder"/>, to chain calls.</returns>
    public static IHttpClientBuilder AddServiceDiscovery(this IHttpClientBuilder httpClientBuilder)
    {
        ArgumentNullException.ThrowIfNull(httpClientBuilder);

        return httpClientBuilder.AddHttpMessageHandler(services => new ServiceDiscoveryHandler(
            services.GetService<ConfiguredServices>()
            ?? throw new InvalidOperationException(
                $"The HTTP client '{httpClientBuilder.Name}' uses service discovery, but the application has none: call services.AddServiceDiscovery().")));
    }
}
