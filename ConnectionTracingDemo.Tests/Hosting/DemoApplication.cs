using System.Net.Http.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using ConnectionTracingDemo.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace ConnectionTracingDemo.Tests.Hosting;

/// <summary>
/// The whole demo as its AppHost starts it, the real dashboard included. It is started once, for all tests of <see cref="SharedDemo"/>.
/// </summary>
public sealed class DemoApplication : IAsyncLifetime
{
    public const string Api = "apiservice";
    public const string Web = "webfrontend";

    /// <summary>The key of the dashboard's telemetry API.</summary>
    private const string ApiKey = "telemetry-api-key-of-the-tests";

    /// <summary>How long something that takes seconds may take on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private IDistributedApplicationTestingBuilder? _builder;
    private DistributedApplication? _app;

    /// <summary>The token that a browser logs in to the dashboard with.</summary>
    public static string BrowserToken => "browser-token-of-the-tests";

    /// <summary>Asks the Web project like a visitor.</summary>
    internal Visitor Visitor { get; private set; } = null!;

    /// <summary>What the dashboard has received.</summary>
    internal DashboardTelemetry Telemetry { get; private set; } = null!;

    public Uri DashboardUrl => App.GetEndpoint("aspire-dashboard", "https");

    public Uri WebUrl => App.GetEndpoint(Web, "https");

    public Uri ApiUrl => App.GetEndpoint(Api, "https");

    private DistributedApplication App => _app ?? throw new InvalidOperationException("The application has not been started.");

    public async ValueTask InitializeAsync()
    {
        string[] settings =
        [
            $"--ASPNETCORE_URLS=https://localhost:{FreePort.Find()}",
            $"--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=https://localhost:{FreePort.Find()}",
            $"--ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN={BrowserToken}",
            $"--AppHost:DashboardApiKey={ApiKey}",
        ];

        using var timeout = new CancellationTokenSource(2 * Patience);
        _builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ConnectionTracingDemo_AppHost>(
            settings,
            (options, _) => options.DisableDashboard = false,
            timeout.Token);
        // Without the lines that the services write, which the testing builder logs.
        _builder.Services.AddLogging(logging => logging.AddFilter(level => level >= LogLevel.Warning));
        _app = await _builder.BuildAsync(timeout.Token);
        await _app.StartAsync(timeout.Token);

        await WaitForHealthyAsync(Web);

        Visitor = new Visitor(WebUrl);
        Telemetry = new DashboardTelemetry(DashboardUrl, ApiKey);
    }

    public async ValueTask DisposeAsync()
    {
        Visitor?.Dispose();
        Telemetry?.Dispose();

        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        if (_builder is not null)
        {
            await _builder.DisposeAsync();
        }
    }

    /// <summary>Where the services send their telemetry.</summary>
    public async Task<Uri> TelemetryTargetAsync()
    {
        var running = await WaitForHealthyAsync(Web);
        return new Uri(running.Snapshot.EnvironmentVariables.Single(variable => variable.Name == "OTEL_EXPORTER_OTLP_ENDPOINT").Value!);
    }

    /// <summary>What the dashboard shows of a service that is healthy.</summary>
    public async Task<CustomResourceSnapshot> ShowAsync(string service) => (await WaitForHealthyAsync(service)).Snapshot;

    /// <summary>Executes a command as the dashboard does.</summary>
    public async Task<ExecuteCommandResult> CommandAsync(string service, string command, params IReadOnlyList<InteractionInput> arguments)
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await App.ResourceCommands.ExecuteCommandAsync(service, command, new InteractionInputCollection(arguments), timeout.Token);
    }

    /// <summary>Waits until the dashboard shows these commands of a service in that state.</summary>
    public Task WaitForCommandsAsync(string service, ResourceCommandState state, params string[] commands) =>
        WaitAsync(service, $"to have the commands {string.Join(", ", commands)} {state}", resource =>
            commands.All(name => resource.Snapshot.Commands.Any(command => command.Name == name && command.State == state)));

    /// <summary>Switches connection tracing on without an end, as it is when a service starts.</summary>
    public async Task TraceForGoodAsync(string service)
    {
        using var client = new HttpClient { BaseAddress = App.GetEndpoint(service, "https") };
        using var response = await client.PostAsJsonAsync("/connection-tracing", new { enabled = true });
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Stops a service and returns when its process has ended.</summary>
    public async Task StopAsync(string service)
    {
        await ExecuteAsync(service, KnownResourceCommands.StopCommand);
        await WaitAsync(service, "to have ended", HasEnded);
    }

    /// <summary>Starts a service and returns when it is healthy.</summary>
    public async Task StartAsync(string service)
    {
        await ExecuteAsync(service, KnownResourceCommands.StartCommand);
        await WaitForHealthyAsync(service);
    }

    /// <summary>Gives a service a new process: one without any open connections.</summary>
    public async Task RestartAsync(string service)
    {
        await StopAsync(service);
        await StartAsync(service);
    }

    private static bool HasEnded(ResourceEvent resource) => KnownResourceStates.TerminalStates.Contains(resource.Snapshot.State?.Text);

    private async Task ExecuteAsync(string service, string command)
    {
        var result = await CommandAsync(service, command);

        Assert.True(result.Success, $"Could not {command} {service}: {result.Message}");
    }

    private Task<ResourceEvent> WaitForHealthyAsync(string service) =>
        WaitAsync(service, "to be healthy", resource => resource.Snapshot.HealthStatus == HealthStatus.Healthy);

    private async Task<ResourceEvent> WaitAsync(string service, string what, Func<ResourceEvent, bool> condition)
    {
        ResourceEvent? last = null;
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            return await App.ResourceNotifications.WaitForResourceAsync(service, resource => condition(last = resource), timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"Waited {Patience.TotalSeconds} s for {service} {what}. Its state is '{last?.Snapshot.State?.Text}', its health '{last?.Snapshot.HealthStatus}'.");
        }
    }
}
