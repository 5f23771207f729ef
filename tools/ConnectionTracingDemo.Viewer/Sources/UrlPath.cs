namespace ConnectionTracingDemo.Viewer.Sources;

/// <summary>Addresses, fit to be shown.</summary>
internal static class UrlPath
{
    /// <summary>Runtimes from .NET 9 on write <c>/orders?*</c> themselves; before, a query with all its secrets.</summary>
    public static string? WithoutQueryValues(string? pathAndQuery)
    {
        var query = pathAndQuery?.IndexOf('?', StringComparison.Ordinal) ?? -1;
        return query < 0 ? pathAndQuery : string.Concat(pathAndQuery.AsSpan(0, query), "?*");
    }
}
