using System;
using System.Collections.Generic;

namespace ConnectionTracing;

/// <summary>
/// Configuration section <c>ConnectionTracing:Page</c>: what the page at <c>/connection-tracing</c> shows beside the requests of this process.
/// </summary>
public sealed class ConnectionTracingPageOptions
{
    internal const int MaxServices = 50;

    private static readonly string[] Schemes = [Uri.UriSchemeHttps, Uri.UriSchemeHttp, "https+http", "http+https"];

    /// <summary>
    /// Other services whose requests the page shows, in Development only: the name, and the address of a service that maps <c>/connection-tracing</c>,
    /// such as <c>https+http://apiservice</c> with service discovery, or <c>https://localhost:7480</c>. Where it maps another pattern, the address ends
    /// with that. An entry with the name of this process is left out. Up to 50; default: none.
    /// </summary>
    public IDictionary<string, string> Services { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The address of the Aspire dashboard, for links to traces. Of a list separated by semicolons, as in <c>ASPNETCORE_URLS</c>, the first counts. Default:
    /// null, there are no links.
    /// </summary>
    public string? DashboardUrl { get; set; }

    /// <summary>The dashboard's address without a slash at its end, and without the page and the token of a login address; null: there is none.</summary>
    internal string? Dashboard =>
        ParseDashboard(DashboardUrl) is { } url ? new Uri(url, url.Query.Length > 0 ? "." : "").GetLeftPart(UriPartial.Path).TrimEnd('/') : null;

    internal static bool IsService(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url)
        && Array.IndexOf(Schemes, url.Scheme) >= 0
        && url is { Host.Length: > 0, UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 };

    internal static bool IsDashboard(string? address) => string.IsNullOrWhiteSpace(address) || ParseDashboard(address) is not null;

    private static Uri? ParseDashboard(string? addresses) =>
        addresses?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var first, ..]
        && Uri.TryCreate(first, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) ? url : null;
}
