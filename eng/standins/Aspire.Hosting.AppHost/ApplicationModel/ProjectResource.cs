using Aspire.Hosting.Projects;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project that the AppHost starts.</summary>
public sealed class ProjectResource : IResourceWithEnvironment, IResourceWithServiceDiscovery, IResourceWithWaitSupport
{
    internal ProjectResource(string name, string projectPath, string outputPath, LaunchProfile? launchProfile, bool randomizePorts)
    {
        Name = name;
        ProjectPath = projectPath;
        OutputPath = outputPath;
        LaunchProfile = launchProfile;
        Endpoints = ProjectEndpoint.FromLaunchProfile(name, launchProfile, randomizePorts);
    }

    /// <inheritdoc />
    public string Name { get; }

    internal string ProjectPath { get; }

    /// <summary>The program that the project was built to.</summary>
    internal string OutputPath { get; }

    /// <summary>The profile that endpoints and variables come from; none where the project has no launch settings.</summary>
    internal LaunchProfile? LaunchProfile { get; }

    internal IReadOnlyList<ProjectEndpoint> Endpoints { get; }

    /// <summary>Variables set in code; they win over those of the launch profile.</summary>
    internal Dictionary<string, string> Environment { get; } = [];

    internal List<ProjectResource> References { get; } = [];

    internal List<ProjectResource> WaitsFor { get; } = [];

    internal List<HttpHealthCheck> HealthChecks { get; } = [];

    /// <summary>The endpoint that stands for the project where none is named: https before http before any other.</summary>
    internal ProjectEndpoint? DefaultEndpoint => FindEndpoint("https") ?? FindEndpoint("http") ?? (Endpoints.Count > 0 ? Endpoints[0] : null);

    internal ProjectEndpoint? FindEndpoint(string endpointName) =>
        Endpoints.FirstOrDefault(endpoint => string.Equals(endpoint.Name, endpointName, StringComparison.OrdinalIgnoreCase));
}
