using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Projects;

namespace Aspire.Hosting;

/// <summary>Settings of a resource.</summary>
public static class ResourceBuilderExtensions
{
    /// <summary>Sets an environment variable; it wins over the launch profile.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="name">The name of the variable.</param>
    /// <param name="value">Its value; null sets it to the empty string.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value) where T : IResourceWithEnvironment
    {
        Project(builder.Resource).Environment[name] = value ?? "";
        return builder;
    }

    /// <summary>
    /// Tells the resource where another is: <c>services__name__scheme__n</c> for service discovery, and <c>NAME_SCHEME</c>.
    /// </summary>
    /// <param name="builder">The resource.</param>
    /// <param name="source">The other resource.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        Project(builder.Resource).References.Add(Project(source.Resource));
        return builder;
    }

    /// <summary>Holds the start of the resource back until another runs and all its health checks pass.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="dependency">The other resource.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency) where T : IResourceWithWaitSupport
    {
        Project(builder.Resource).WaitsFor.Add(Project(dependency.Resource));
        return builder;
    }

    /// <summary>Says that the resource's http and https endpoints are meant for callers outside the application. A local run makes no difference.</summary>
    /// <param name="builder">The resource.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints
    {
        foreach (var endpoint in Project(builder.Resource).Endpoints.Where(endpoint => endpoint.IsHttp))
        {
            endpoint.IsExternal = true;
        }

        return builder;
    }

    /// <summary>The resource is healthy while a GET of this path answers with this status.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="path">The path; default: <c>/</c>.</param>
    /// <param name="statusCode">The status; default: 200.</param>
    /// <param name="endpointName">The endpoint; default: https where there is one, else http.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    /// <exception cref="DistributedApplicationException">The resource has no such endpoint.</exception>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        var project = Project(builder.Resource);
        var endpoint = (endpointName is null ? project.DefaultEndpoint : project.FindEndpoint(endpointName))
            ?? throw new DistributedApplicationException(
                $"'{project.Name}' has no endpoint {(endpointName is null ? "" : $"'{endpointName}' ")}for its health check: applicationUrl in its Properties/launchSettings.json says which it has.");
        project.HealthChecks.Add(new HttpHealthCheck(endpoint, path ?? "/", statusCode ?? 200));
        return builder;
    }

    // Projects are the only resources that this stand-in has.
    private static ProjectResource Project(IResource resource) => (ProjectResource)resource;
}
