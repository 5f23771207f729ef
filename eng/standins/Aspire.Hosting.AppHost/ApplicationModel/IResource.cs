namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something that the AppHost runs or refers to.</summary>
public interface IResource
{
    /// <summary>The name in the dashboard, in service discovery and in <c>OTEL_SERVICE_NAME</c>.</summary>
    string Name { get; }
}

/// <summary>A resource that has environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>A resource that listens on endpoints.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>A resource that others find by its name.</summary>
public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

/// <summary>A resource whose start can wait for another.</summary>
public interface IResourceWithWaitSupport : IResource;
