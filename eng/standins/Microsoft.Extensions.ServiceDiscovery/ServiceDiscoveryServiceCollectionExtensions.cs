using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.ServiceDiscovery;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds service discovery to an application.</summary>
public static class ServiceDiscoveryServiceCollectionExtensions
{
    /// <summary>
    /// Finds services in configuration, under <c>services:{name}:{scheme or endpoint}:{0, 1, …}</c>; hosts without an entry are left as they are.
    /// </summary>
    /// <returns><paramref name="services"/>, to chain calls.</returns>
    public static IServiceCollection AddServiceDiscovery(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.TryAddSingleton<ConfiguredServices>();
        return services;
    }
}
