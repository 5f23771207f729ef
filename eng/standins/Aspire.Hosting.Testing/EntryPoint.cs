using System.Reflection;
using Aspire.Hosting.Projects;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>
/// The entry point of an AppHost, on a thread of its own. It is held inside its call of <c>Build</c> until the test wants the application,
/// and inside its call of <c>Run</c> until the test has ended.
/// </summary>
internal sealed class EntryPoint(Assembly assembly, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure) : EntryPointHook
{
    private readonly TaskCompletionSource<DistributedApplicationBuilder> _building = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _buildWanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _testEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task TestEnded => _testEnded.Task;

    public Task<DistributedApplicationBuilder> RunToBuildAsync(CancellationToken cancellationToken)
    {
        if (assembly.EntryPoint is not { } main)
        {
            throw new InvalidOperationException($"'{assembly.GetName().Name}' has no entry point: give CreateAsync a type of the AppHost's assembly.");
        }

        var thread = new Thread(() => Run(main)) { IsBackground = true, Name = $"{assembly.GetName().Name} entry point" };
        thread.Start();
        return _building.Task.WaitAsync(cancellationToken);
    }

    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _buildWanted.TrySetResult();
        return _built.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Lets the entry point return.</summary>
    public void End()
    {
        _buildWanted.TrySetCanceled();
        _testEnded.TrySetResult();
    }

    public override void OnCreating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        options.AssemblyName = assembly.GetName().Name;
        options.DisableDashboard = true;
        settings.Args = [.. settings.Args ?? [], .. args];
        settings.Configuration ??= new ConfigurationManager();
        configure(options, settings);
        AddDefaults(settings);
    }

    public override void OnBuilding(DistributedApplicationBuilder builder)
    {
        builder.Services.AddHttpClient();
        _building.TrySetResult(builder);
        _buildWanted.Task.GetAwaiter().GetResult();
    }

    public override void OnBuilt(DistributedApplication application) => _built.TrySetResult(application);

    private void Run(MethodInfo main)
    {
        Current = this;
        var fault = new InvalidOperationException($"The entry point of '{assembly.GetName().Name}' returned before it built an application.");
        try
        {
            main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, main.GetParameters().Length == 0 ? [] : [args], null);
        }
        catch (OperationCanceledException) when (_buildWanted.Task.IsCanceled)
        {
            // The test ended without building the application.
        }
        catch (Exception exception)
        {
            fault = new InvalidOperationException($"The entry point of '{assembly.GetName().Name}' failed: {exception.Message}", exception);
        }

        _building.TrySetException(fault);
        _built.TrySetException(fault);
    }

    /// <summary>Free ports, http, and the variables of the AppHost's launch profile, which nobody else sets in a test.</summary>
    private void AddDefaults(HostApplicationBuilderSettings settings)
    {
        var defaults = new Dictionary<string, string?>
        {
            ["DcpPublisher:RandomizePorts"] = "true",
            ["ASPNETCORE_URLS"] = "http://localhost:8080",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://localhost:4317",
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
        };

        var profiles = LaunchProfile.ReadAll(DistributedApplicationBuilder.ReadAppHostDirectory(assembly));
        var wanted = new ConfigurationBuilder().AddConfiguration(settings.Configuration!).AddCommandLine(settings.Args ?? []).Build()["DOTNET_LAUNCH_PROFILE"];
        var profile = wanted is null
            ? (profiles is [var first, ..] ? first : null)
            : profiles.FirstOrDefault(profile => profile.Name == wanted)
                ?? throw new InvalidOperationException($"The AppHost has no launch profile '{wanted}'.");
        if (profile is not null)
        {
            defaults["DOTNET_LAUNCH_PROFILE"] = profile.Name;
            foreach (var (name, value) in profile.EnvironmentVariables)
            {
                defaults.TryAdd(name, value);
                if (name.StartsWith("DOTNET_", StringComparison.OrdinalIgnoreCase))
                {
                    defaults.TryAdd(name["DOTNET_".Length..], value);
                }
            }
        }

        foreach (var set in settings.Configuration!.AsEnumerable().Where(pair => pair.Value is not null))
        {
            defaults.Remove(set.Key);
        }

        settings.Configuration!.AddInMemoryCollection(defaults);
    }
}
