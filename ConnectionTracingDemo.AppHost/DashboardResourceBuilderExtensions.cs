namespace ConnectionTracingDemo.AppHost;

/// <summary>Tells resources where the Aspire dashboard is.</summary>
internal static class DashboardResourceBuilderExtensions
{
    private const string Dashboard = "aspire-dashboard";

    /// <summary>Sets an environment variable to the address of the dashboard's pages. Not set where there is no dashboard.</summary>
    // The setting ASPNETCORE_URLS of the AppHost is not always that address: `aspire start --isolated` and tests give the dashboard a port of its own.
    public static IResourceBuilder<T> WithDashboardUrl<T>(this IResourceBuilder<T> builder, string variable) where T : IResourceWithEnvironment => builder.WithEnvironment(context =>
    {
        // Aspire adds the dashboard to the model when the application starts.
        var pages = builder.ApplicationBuilder.Resources.OfType<IResourceWithEndpoints>()
            .FirstOrDefault(resource => resource.Name == Dashboard)?
            .GetEndpoints().FirstOrDefault(endpoint => endpoint.EndpointName is "https" or "http");
        if (pages is not null)
        {
            context.EnvironmentVariables[variable] = pages;
        }
    });
}
