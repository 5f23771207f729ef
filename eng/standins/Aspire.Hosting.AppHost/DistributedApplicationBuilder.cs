using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Orchestration;
using Aspire.Hosting.Projects;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>Collects the projects of an application and the settings to run them with.</summary>
internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private const string ProjectOutputPrefix = "projectoutput:";

    private readonly DistributedApplicationOptions _options;
    private readonly EntryPointHook? _hook = EntryPointHook.Current;
    private readonly HostApplicationBuilder _host;
    private readonly Dictionary<string, string> _metadata;
    private readonly List<IResource> _resources = [];

    /// <param name="options">Settings of the AppHost.</param>
    /// <exception cref="DistributedApplicationException">The assembly named there is not an AppHost.</exception>
    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        _options = options;
        var settings = new HostApplicationBuilderSettings { Args = options.Args };
        _hook?.OnCreating(options, settings);
        if (_hook is null)
        {
            AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
        }

        var assembly = options.AssemblyName is { } name ? Assembly.Load(name) : Assembly.GetEntryAssembly()!;
        _metadata = ReadMetadata(assembly);
        AppHostDirectory = ReadAppHostDirectory(assembly);
        settings.ApplicationName = assembly.GetName().Name;
        settings.ContentRootPath = AppHostDirectory;
        _host = new HostApplicationBuilder(settings);

        _host.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // A fault at start is logged by ApplicationRunner, in words; the host would add a stack trace.
        _host.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        _host.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        // The server of the Resources page is nothing that a user of the AppHost looks after.
        _host.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
    }

    /// <inheritdoc />
    public ConfigurationManager Configuration => _host.Configuration;

    /// <inheritdoc />
    public string AppHostDirectory { get; }

    /// <inheritdoc />
    public IHostEnvironment Environment => _host.Environment;

    /// <inheritdoc />
    public IServiceCollection Services => _host.Services;

    private bool RandomizePorts => Configuration.GetValue<bool>("DcpPublisher:RandomizePorts");

    /// <inheritdoc />
    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        if (_resources.Exists(other => string.Equals(other.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new DistributedApplicationException($"There are two resources named '{resource.Name}'; give one of them another name in the AppHost.");
        }

        _resources.Add(resource);
        return new ResourceBuilder<T>(this, resource);
    }

    /// <inheritdoc />
    public DistributedApplication Build()
    {
        _hook?.OnBuilding(this);

        Services.AddSingleton(CreateModel());
        Services.AddSingleton<ResourceNotificationService>(_ => new ResourceNotificationService());
        Services.AddSingleton<ApplicationRunner>();
        Services.AddSingleton<ResourceCommandService>(services => new ResourceCommandService(services.GetRequiredService<ApplicationRunner>()));
        Services.AddHostedService(services => services.GetRequiredService<ApplicationRunner>());

        var application = new DistributedApplication(_host.Build(), _hook);
        _hook?.OnBuilt(application);
        return application;
    }

    /// <exception cref="DistributedApplicationException">The project is not one that this AppHost refers to, or the launch profile does not exist.</exception>
    internal ProjectResource CreateProject(string name, string projectPath, string? launchProfileName)
    {
        var outputPath = _metadata.GetValueOrDefault(ProjectOutputPrefix + projectPath)
            ?? throw new DistributedApplicationException($"The AppHost has no ProjectReference to '{projectPath}', so it does not know what '{name}' was built to.");
        var appHostProfile = Configuration["AppHost:DefaultLaunchProfileName"] ?? Configuration["DOTNET_LAUNCH_PROFILE"];
        var profile = LaunchProfile.Choose(projectPath, launchProfileName, appHostProfile);
        return new ProjectResource(name, projectPath, outputPath, profile, RandomizePorts);
    }

    /// <exception cref="DistributedApplicationException">The assembly is not an AppHost.</exception>
    internal static string ReadAppHostDirectory(Assembly assembly) =>
        ReadMetadata(assembly).GetValueOrDefault("apphostprojectpath")
        ?? throw new DistributedApplicationException($"'{assembly.GetName().Name}' was not built as an AppHost. Does its project set IsAspireHost?");

    /// <summary>
    /// A wrong setting leaves the AppHost as an exception that its program has no reason to catch. It is the user's mistake, not the program's:
    /// its message is all there is to say, and a stack trace and a core dump would only bury it.
    /// </summary>
    private static void OnUnhandledException(object sender, UnhandledExceptionEventArgs args)
    {
        if (args.ExceptionObject is DistributedApplicationException exception)
        {
            Console.Error.WriteLine(exception.Message);
            System.Environment.Exit(1);
        }
    }

    private static Dictionary<string, string> ReadMetadata(Assembly assembly) =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .DistinctBy(attribute => attribute.Key)
            .ToDictionary(attribute => attribute.Key, attribute => attribute.Value ?? "");

    private ApplicationModelOptions CreateModel()
    {
        // Without a dashboard of ours telemetry may still have somewhere to go, but no keys of ours.
        var dashboard = _options.DisableDashboard
            ? null
            : DashboardOptions.Read(Configuration, Environment.EnvironmentName, _options.AllowUnsecuredTransport);
        var telemetry = dashboard?.Telemetry
            ?? (Configuration[DashboardOptions.OtlpGrpcKey] is { Length: > 0 } grpc ? new TelemetryTarget(grpc, "grpc", null) : null);

        return new ApplicationModelOptions(
            [.. _resources.OfType<ProjectResource>()],
            dashboard,
            telemetry,
            Environment,
            AppHostDirectory,
            Configuration["ASPIRE_DCP_PATH"] is { Length: > 0 } folder ? Path.Combine(folder, "dcp") : _metadata.GetValueOrDefault("dcpclipath", ""),
            Configuration["ASPIRE_DASHBOARD_PATH"] is { Length: > 0 } program ? program : _metadata.GetValueOrDefault("aspiredashboardpath", ""));
    }
}
