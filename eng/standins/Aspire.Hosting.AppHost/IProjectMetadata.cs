namespace Aspire.Hosting;

/// <summary>Describes a project that the AppHost refers to; the build writes one class for each, in the namespace <c>Projects</c>.</summary>
public interface IProjectMetadata
{
    /// <summary>The full path of the project file.</summary>
    string ProjectPath { get; }

    /// <summary>Whether the project was built together with the AppHost.</summary>
    bool SuppressBuild { get; }
}
