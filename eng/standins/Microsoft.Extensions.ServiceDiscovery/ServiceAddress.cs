using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Where a service listens.</summary>
/// <param name="Scheme">Null where the entry does not say: the request's preferred one.</param>
/// <param name="Host">Name or IP address.</param>
/// <param name="Port">Null where the entry does not say: the request's, or its scheme's default.</param>
/// <param name="BasePath">What goes before the request's path, without a slash at its end.</param>
internal sealed record ServiceAddress(string? Scheme, string Host, int? Port, string BasePath)
{
    /// <summary>Reads <c>scheme://host:port/path</c> or <c>host:port</c>; the port and the path may be missing.</summary>
    public static bool TryParse(string? value, [NotNullWhen(true)] out ServiceAddress? address)
    {
        address = null;
        if (string.IsNullOrWhiteSpace(value))
        {
            return false;
        }

        var hasScheme = value.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(hasScheme ? value : $"none://{value}", UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            return false;
        }

        // Without a scheme, what follows the port is a typing error such as "http:/host" or "https//host".
        if (!hasScheme && uri.PathAndQuery.Trim('/').Length > 0)
        {
            return false;
        }

        address = new(hasScheme ? uri.Scheme : null, uri.Host, uri.Port > 0 ? uri.Port : null, uri.AbsolutePath.TrimEnd('/'));
        return true;
    }

    public Uri ApplyTo(ServiceUri request)
    {
        var uri = new UriBuilder(request.Uri) { Scheme = Scheme ?? request.Service.SchemesInOrder[0], Host = Host };
        if (Port is { } port)
        {
            uri.Port = port;
        }

        if (BasePath.Length > 0)
        {
            uri.Path = BasePath + request.Uri.AbsolutePath;
        }

        return uri.Uri;
    }
}
