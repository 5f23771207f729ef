using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Finds the addresses of services in configuration and forgets what it found when the configuration changes.</summary>
internal sealed class ConfiguredServices(IConfiguration configuration)
{
    private volatile ConfigurationSnapshot? _snapshot;

    /// <returns>Null where the configuration has no address that fits.</returns>
    /// <exception cref="KeyNotFoundException">An entry of this service is malformed.</exception>
    public ServiceAddresses? Find(ServiceName service)
    {
        var snapshot = _snapshot;
        if (snapshot is null || snapshot.IsOutdated)
        {
            // Two requests may both come here; either's snapshot is right.
            _snapshot = snapshot = new ConfigurationSnapshot(configuration);
        }

        return snapshot.Find(service);
    }
}
