namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>What is looked up.</summary>
/// <param name="Schemes">One scheme or several joined by <c>+</c>, the preferred one first.</param>
/// <param name="Endpoint">The named endpoint, or null for the service's default one.</param>
/// <param name="Name">The service.</param>
internal sealed record ServiceName(string Schemes, string? Endpoint, string Name)
{
    public string[] SchemesInOrder => Schemes.Split('+');
}
