using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Projects;

namespace Aspire.Hosting.Tests;

/// <summary>Projects that exist in the application model only.</summary>
internal static class Model
{
    public static ProjectResource Project(string name, params string[] urls) => ProjectWith([], name, urls);

    /// <param name="variables">The environment variables of its launch profile.</param>
    /// <param name="name">Its name.</param>
    /// <param name="urls">The addresses of its launch profile.</param>
    public static ProjectResource ProjectWith(Dictionary<string, string> variables, string name, params string[] urls)
    {
        var profile = new LaunchProfile("https", "Project", [.. urls.Select(url => new Uri(url))], variables);
        return new ProjectResource(name, $"/src/{name}/{name}.csproj", $"/src/{name}/bin/{name}.dll", profile, randomizePorts: false);
    }

    public static CustomResourceSnapshot Snapshot(string state) => new() { ResourceType = "Project", State = new(state, null), Properties = [] };

    /// <summary>What DCP does: says which port each proxy listens on.</summary>
    public static ProjectResource Allocated(this ProjectResource project, int firstPort)
    {
        foreach (var endpoint in project.Endpoints)
        {
            endpoint.AllocatedPort = firstPort++;
        }

        return project;
    }
}
