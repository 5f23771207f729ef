using System.Diagnostics;

namespace ConnectionTracingDemo.Web;

/// <summary>
/// Addresses in the Aspire dashboard. The dashboard's own address is the configuration value <c>DashboardUrl</c>, which the AppHost
/// sets; there are no links without it.
/// </summary>
internal sealed class DashboardLinks
{
    public const string Key = "DashboardUrl";

    public DashboardLinks(IConfiguration configuration, ILogger<DashboardLinks> logger)
    {
        var value = configuration[Key];

        Home = Parse(value);

        if (Home is null && !string.IsNullOrWhiteSpace(value))
        {
            // A warning only: a link is no reason not to start.
            logger.LogWarning("{Key} is '{Value}', but has to be an absolute http or https address. The pages show no links to the dashboard.", Key, value);
        }
    }

    /// <summary>Where the dashboard opens, or null where its address is not known.</summary>
    public Uri? Home { get; }

    /// <summary>The page of one trace, or null where the dashboard's address is not known.</summary>
    public Uri? Trace(ActivityTraceId traceId) => Home is null ? null : new Uri(Home, $"traces/detail/{traceId}");

    /// <summary>The page of one trace, or null where the dashboard's address is not known or this is no trace id: it may come from another process.</summary>
    /// <param name="traceId">32 hexadecimal digits, in lower case.</param>
    public Uri? Trace(string traceId) => traceId.Length == 32 && traceId.All(char.IsAsciiHexDigitLower) ? Trace(ActivityTraceId.CreateFromString(traceId)) : null;

    // The value may be a list, like ASPNETCORE_URLS: the first address is taken.
    private static Uri? Parse(string? value)
    {
        var first = value?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();

        // The address from the console ends in a token, which is not to get a slash.
        return Uri.TryCreate(first?.Contains('?', StringComparison.Ordinal) == true ? first : $"{first?.TrimEnd('/')}/", UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : null;
    }
}
