using Microsoft.Extensions.Hosting;
using OpenTelemetry;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds OpenTelemetry to an application with a host.</summary>
public static class OpenTelemetryServicesExtensions
{
    /// <summary>
    /// Lets the host start the providers that the returned builder configures. Every call returns a builder for the same providers,
    /// so a library may call it too.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <returns>A builder to say what is collected and where it goes.</returns>
    public static OpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);

        if (!services.Any(IsProviderStarter))
        {
            // First in line, so that what the other hosted services do while they start is collected too.
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, ProviderStarter>());
        }

        return new OpenTelemetryBuilder(services);
    }

    private static bool IsProviderStarter(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService) && service.ImplementationType == typeof(ProviderStarter);
}
