using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ConnectionTracing.Page;

/// <summary>Whose requests the page shows: those of this process and, in Development, of the services in <see cref="ConnectionTracingPageOptions.Services"/>.</summary>
internal sealed class PageServices(
    IHostEnvironment environment, IConfiguration configuration, IServiceProvider services, IConnectionTracingMonitor monitor, IOptionsMonitor<ConnectionTracingOptions> options)
{
    private readonly IHttpClientFactory _clients = new ServiceClient(services);
    private readonly TimeProvider _time = services.GetService<TimeProvider>() ?? TimeProvider.System;

    /// <summary>The name of this process.</summary>
    public string Own { get; } = configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } name ? name : environment.ApplicationName;

    /// <summary>Whether the page may show others.</summary>
    public bool HasOthers => environment.IsDevelopment();

    public IReadOnlyList<IUpdateSource> All => [new LocalUpdateSource(Own, monitor), .. Others];

    /// <summary>The other services.</summary>
    public IEnumerable<RemoteUpdateSource> Others => HasOthers
        ? options.CurrentValue.Page.Services.Where(service => !IsOwn(service.Key)).Select(service => new RemoteUpdateSource(service.Key, service.Value, _clients, _time))
        : [];

    public bool IsOwn(string service) => string.Equals(service, Own, StringComparison.OrdinalIgnoreCase);

    /// <summary>Another service; null: the page does not show it.</summary>
    public RemoteUpdateSource? FindOther(string service) => Others.FirstOrDefault(other => string.Equals(other.Service, service, StringComparison.OrdinalIgnoreCase));
}
