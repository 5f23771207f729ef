using System.Diagnostics;
using ConnectionTracing;
using Microsoft.Extensions.Options;

namespace ConnectionTracingDemo.Web;

/// <summary>Addresses in the Aspire dashboard. Its own address is the setting <c>ConnectionTracing:Page:DashboardUrl</c>, which the AppHost sets; there are no links without it.</summary>
internal sealed class DashboardLinks(IOptions<ConnectionTracingOptions> options)
{
    /// <summary>Where the dashboard opens, or null where its address is not known.</summary>
    public Uri? Home { get; } = Parse(options.Value.Page.DashboardUrl);

    /// <summary>The page of one trace, or null where the dashboard's address is not known.</summary>
    public Uri? Trace(ActivityTraceId traceId) => Home is null ? null : new Uri(Home, $"traces/detail/{traceId}");

    /// <summary>The page of one trace, or null where the dashboard's address is not known or this is no trace id: it may come from another process.</summary>
    /// <param name="traceId">32 hexadecimal digits, in lower case.</param>
    public Uri? Trace(string traceId) => traceId.Length == 32 && traceId.All(char.IsAsciiHexDigitLower) ? Trace(ActivityTraceId.CreateFromString(traceId)) : null;

    // The options have been validated. Of a list, the first address counts. The address from the console ends in a token, which is not to get a slash.
    private static Uri? Parse(string? addresses) => addresses?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var first, ..]
        ? new Uri(first.Contains('?', StringComparison.Ordinal) ? first : $"{first.TrimEnd('/')}/")
        : null;
}
