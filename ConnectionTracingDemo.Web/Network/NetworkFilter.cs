namespace ConnectionTracingDemo.Web;

/// <summary>Which rows the Network page shows. network.js filters by the same rules.</summary>
/// <param name="Service">Null or empty: all.</param>
/// <param name="Host">Part of host and port, in any case; null or empty: all.</param>
/// <param name="Slow">Only requests that took more milliseconds than this; null: all.</param>
/// <param name="Failed">Only requests that failed.</param>
internal sealed record NetworkFilter(string? Service, string? Host, double? Slow, bool Failed)
{
    public bool Shows(TimingRow row) =>
        ShowsService(row.Service) && ShowsHost(row.Host) && (Slow is not { } slow || row.Total > slow) && (!Failed || row.Failed);

    /// <summary>Being slow and failing are of requests: connections stay.</summary>
    public bool Shows(ConnectionRow row) => ShowsService(row.Service) && ShowsHost(row.Host);

    private bool ShowsService(string? service) => string.IsNullOrEmpty(Service) || Service == service;

    private bool ShowsHost(string host) => string.IsNullOrWhiteSpace(Host) || host.Contains(Host.Trim(), StringComparison.OrdinalIgnoreCase);
}
