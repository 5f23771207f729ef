using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Testing;

/// <summary>Reaches the resources of an application under test.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    private const string DashboardName = "aspire-dashboard";

    /// <summary>The address of a resource; the dashboard is one of them, named <c>aspire-dashboard</c>.</summary>
    /// <param name="app">The application; it must have been started.</param>
    /// <param name="resourceName">The name of the resource.</param>
    /// <param name="endpointName">The endpoint; default: https where there is one, else http.</param>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    /// <exception cref="InvalidOperationException">The application has not been started.</exception>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var model = app.Services.GetRequiredService<ApplicationModelOptions>();
        if (model.Dashboard is { } dashboard && string.Equals(resourceName, DashboardName, StringComparison.OrdinalIgnoreCase))
        {
            return new Uri(DashboardOptions.AsText(
                dashboard.Urls.OrderByDescending(url => url.Scheme == "https").FirstOrDefault(url => endpointName is null || url.Scheme == endpointName)
                ?? throw new ArgumentException($"'{resourceName}' has no endpoint '{endpointName}'.", nameof(endpointName))));
        }

        var project = model.Projects
            .FirstOrDefault(project => string.Equals(project.Name, resourceName, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no resource '{resourceName}'.", nameof(resourceName));
        var endpoint = (endpointName is null ? project.DefaultEndpoint : project.FindEndpoint(endpointName))
            ?? throw new ArgumentException($"'{resourceName}' has no endpoint '{endpointName ?? "http"}'.", nameof(endpointName));
        return new Uri(endpoint.Url);
    }

    /// <summary>A client for a resource, from <see cref="IHttpClientFactory"/>.</summary>
    /// <param name="app">The application; it must have been started.</param>
    /// <param name="resourceName">The name of the resource.</param>
    /// <param name="endpointName">The endpoint; default: https where there is one, else http.</param>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    /// <exception cref="InvalidOperationException">The application has not been started.</exception>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        client.BaseAddress = app.GetEndpoint(resourceName, endpointName);
        return client;
    }
}
