using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds projects to an application.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>
    /// Adds a project. Its endpoints and variables come from its launch profile: the one named like the AppHost's own,
    /// else the first that runs a program.
    /// </summary>
    /// <typeparam name="TProject">The class that the build wrote for the project, in the namespace <c>Projects</c>.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <returns>A builder to add settings to it.</returns>
    /// <exception cref="DistributedApplicationException">There is a resource of that name already.</exception>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new()
    {
        // There is no other implementation: the interface is here for its callers' sake only.
        var applicationBuilder = (DistributedApplicationBuilder)builder;
        return builder.AddResource(applicationBuilder.CreateProject(name, new TProject().ProjectPath, launchProfileName: null));
    }
}
