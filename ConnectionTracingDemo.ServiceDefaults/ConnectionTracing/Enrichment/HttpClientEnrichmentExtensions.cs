using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Enrichment;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Enrichment of HttpClient spans by hand, as in "Manual enrichment" of
/// https://learn.microsoft.com/dotnet/fundamentals/networking/telemetry/tracing: no instrumentation package is needed.
/// </summary>
public static class HttpClientEnrichmentExtensions
{
    /// <summary>Calls back for every recorded HttpClient request of the process. Further calls add to the options.</summary>
    /// <returns><paramref name="services"/>, to chain calls.</returns>
    public static IServiceCollection AddHttpClientEnrichment(this IServiceCollection services, Action<HttpClientEnrichmentOptions> configure)
    {
        services.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, HttpClientEnrichment>());
        return services;
    }
}
