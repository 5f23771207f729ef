using System;
using System.Linq;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace ConnectionTracing.Endpoint;

/// <summary>
/// Refuses what a page of another site makes a browser send: requests with another site's Origin, and, in Development, where the endpoint
/// needs no authorization, requests under a name that another site may have pointed at this machine (DNS rebinding).
/// </summary>
internal sealed class SiteGuard(IHostEnvironment environment, IConfiguration configuration, IServer server)
{
    // Names that a stranger cannot point anywhere: they are reserved, or their DNS zone belongs to a tunnel's operator.
    private static readonly string[] SafeSuffixes = [".localhost", ".internal", ".devtunnels.ms", ".app.github.dev"];

    /// <summary>Why a request is refused; null: it is not.</summary>
    public EndpointProblem? Refuse(HttpRequest request)
    {
        if (!IsOfSameSite(request))
        {
            return new EndpointProblem(
                StatusCodes.Status403Forbidden,
                "The request comes from a page of another site.",
                $"Its Origin is '{request.Headers.Origin}', that of this application is '{request.Scheme}://{request.Host}'. Behind a proxy that changes the Host header, use the Forwarded Headers Middleware.");
        }

        return environment.IsDevelopment() && !IsSafe(request.Host.Host)
            ? new EndpointProblem(
                StatusCodes.Status403Forbidden,
                "The host name of the request is unknown.",
                $"In Development, this endpoint answers to localhost, to IP addresses and to the names in the setting AllowedHosts. Add '{request.Host.Host}' to AllowedHosts if it is a name of this machine.")
            : null;
    }

    private static bool IsOfSameSite(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        if (origin.Count == 0)
        {
            return true;
        }

        // Browsers say this themselves, also behind a proxy that changes the host; scripts cannot set it.
        if (request.Headers["Sec-Fetch-Site"] == "same-origin")
        {
            return true;
        }

        return Uri.TryCreate(origin, UriKind.Absolute, out var site)
            && string.Equals(site.IdnHost, new HostString(request.Host.ToUriComponent()).Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)
            && site.Port == (request.Host.Port ?? (site.Scheme == Uri.UriSchemeHttps ? 443 : 80));
    }

    private bool IsSafe(string host)
    {
        host = host.TrimEnd('.');

        // A name without a dot is in no public zone: localhost, the machine's own name, that of a container or a service. And an address is no name.
        return !host.Contains('.', StringComparison.Ordinal)
            || IPAddress.TryParse(host.Trim('[', ']'), out _)
            || Array.Exists(SafeSuffixes, suffix => host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            || IsListenedOn(host)
            || IsInAllowedHosts(host);
    }

    private bool IsListenedOn(string host) =>
        server.Features.Get<IServerAddressesFeature>()?.Addresses.Any(address =>
            Uri.TryCreate(address, UriKind.Absolute, out var url) && string.Equals(url.Host, host, StringComparison.OrdinalIgnoreCase)) == true;

    /// <summary>As in https://learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/host-filtering, but for <c>*</c>, which names no host.</summary>
    private bool IsInAllowedHosts(string host) =>
        (configuration["AllowedHosts"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Any(allowed =>
            allowed.StartsWith("*.", StringComparison.Ordinal)
                ? host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase)
                : string.Equals(allowed, host, StringComparison.OrdinalIgnoreCase));
}
