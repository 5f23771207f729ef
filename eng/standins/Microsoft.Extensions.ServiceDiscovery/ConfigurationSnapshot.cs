using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>What the configuration says about services, read when first asked for and valid until the configuration changes.</summary>
internal sealed class ConfigurationSnapshot
{
    private const string SectionName = "services";
    private const string DefaultEndpoint = "default";

    // Before anything is read, so that a change in between counts.
    private readonly IChangeToken _changed;
    private readonly IConfigurationSection _section;
    private readonly HashSet<string> _names;
    private readonly ConcurrentDictionary<ServiceName, ServiceAddresses?> _addresses = new();

    public ConfigurationSnapshot(IConfiguration configuration)
    {
        _changed = configuration.GetReloadToken();
        _section = configuration.GetSection(SectionName);
        _names = _section.GetChildren().Select(service => service.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    public bool IsOutdated => _changed.HasChanged;

    // Only services are remembered: the number of ordinary hosts that a program talks to has no limit.
    public ServiceAddresses? Find(ServiceName service) => _names.Contains(service.Name) ? _addresses.GetOrAdd(service, Read) : null;

    private ServiceAddresses? Read(ServiceName service)
    {
        var schemes = service.SchemesInOrder;

        string[] endpoints = service.Endpoint is null ? [DefaultEndpoint, .. schemes] : [service.Endpoint];
        var endpoint = endpoints.Select(_section.GetSection(service.Name).GetSection).FirstOrDefault(section => section.Exists());
        if (endpoint is null)
        {
            return null;
        }

        var addresses = PreferredOf(EntriesOf(endpoint), schemes);
        return addresses.Length == 0 ? null : new ServiceAddresses(addresses);
    }

    /// <summary>Those with the first of the schemes that any of them has, and those without a scheme.</summary>
    private static ServiceAddress[] PreferredOf(List<ServiceAddress> addresses, string[] schemes)
    {
        var preferred = schemes.FirstOrDefault(scheme => addresses.Exists(address => address.Scheme == scheme));
        return [.. addresses.Where(address => address.Scheme is null || address.Scheme == preferred)];
    }

    /// <summary>One address as the value of the key itself, or any number of them under numbers.</summary>
    private static List<ServiceAddress> EntriesOf(IConfigurationSection endpoint)
    {
        if (!string.IsNullOrWhiteSpace(endpoint.Value))
        {
            return [EntryOf(endpoint)];
        }

        List<ServiceAddress> addresses = [];
        foreach (var entry in endpoint.GetChildren())
        {
            if (!int.TryParse(entry.Key, out _))
            {
                throw new KeyNotFoundException($"The configuration key '{entry.Path}' is malformed: the addresses of a service are numbered, '{endpoint.Path}:0' and so on.");
            }

            addresses.Add(EntryOf(entry));
        }

        return addresses;
    }

    // The value stays out of the message: it may hold a password.
    private static ServiceAddress EntryOf(IConfigurationSection entry) =>
        ServiceAddress.TryParse(entry.Value, out var address)
            ? address
            : throw new KeyNotFoundException($"The value of the configuration key '{entry.Path}' is not the address of a service: write 'https://host:port', 'http://host:port' or 'host:port'.");
}
