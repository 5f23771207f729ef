using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>
/// Lets a test take part in the run of an AppHost's own entry point. It is found through the flow of execution, so that tests can run side by side.
/// </summary>
internal abstract class EntryPointHook
{
    private static readonly AsyncLocal<EntryPointHook?> CurrentHook = new();

    public static EntryPointHook? Current
    {
        get => CurrentHook.Value;
        set => CurrentHook.Value = value;
    }

    /// <summary>Completes when the entry point may return.</summary>
    public abstract Task TestEnded { get; }

    /// <summary>The builder is about to be created.</summary>
    public abstract void OnCreating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings);

    /// <summary>The model is complete; blocks until the test wants the application.</summary>
    public abstract void OnBuilding(DistributedApplicationBuilder builder);

    /// <summary>The application is built.</summary>
    public abstract void OnBuilt(DistributedApplication application);
}
