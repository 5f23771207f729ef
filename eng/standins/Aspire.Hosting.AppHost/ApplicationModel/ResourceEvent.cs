namespace Aspire.Hosting.ApplicationModel;

/// <summary>A change of a resource's state.</summary>
/// <param name="resource">The resource.</param>
/// <param name="resourceId">The unique name of its process, <c>name-suffix</c>.</param>
/// <param name="snapshot">Its state after the change.</param>
public sealed class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    /// <summary>The resource.</summary>
    public IResource Resource => resource;

    /// <summary>The unique name of its process, <c>name-suffix</c>.</summary>
    public string ResourceId => resourceId;

    /// <summary>Its state after the change.</summary>
    public CustomResourceSnapshot Snapshot => snapshot;
}
