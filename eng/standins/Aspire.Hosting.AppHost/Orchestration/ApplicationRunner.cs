using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dashboard.Resources;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Projects;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// Runs the application: DCP first, then the dashboard and the projects, each when what it waits for is healthy. Stops them the other way
/// round, so that each can finish its work with those it depends on and its last telemetry still finds the dashboard.
/// </summary>
internal sealed class ApplicationRunner : IHostedService, IDisposable
{
    private static readonly string[] CertificateFolders = ["/etc/ssl/certs", "/etc/pki/tls/certs"];
    private static readonly TimeSpan PortTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan DashboardTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TimeToStopProjects = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan TimeToStopDashboard = TimeSpan.FromMilliseconds(500);

    private readonly ApplicationModelOptions _model;
    private readonly ResourceNotificationService _notifications;
    private readonly ILogger _logger;
    private readonly ILoggerFactory _loggers;
    private readonly IHostApplicationLifetime _lifetime;

    // Everything that it asks is on this machine, where a proxy has no business.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _starting = new();
    private readonly CancellationTokenSource _watching = new();
    private readonly TaskCompletionSource<string> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _stopLock = new();
    private DcpSession? _dcp;
    private volatile ImmutableList<ProjectRunner> _projects = [];
    private ResourceServer? _resources;
    private DcpProcess? _dashboard;
    private Task _watch = Task.CompletedTask;
    private Task? _stop;

    public ApplicationRunner(ApplicationModelOptions model, ResourceNotificationService notifications, ILoggerFactory loggers, IHostApplicationLifetime lifetime)
    {
        _model = model;
        _notifications = notifications;
        _loggers = loggers;
        _logger = loggers.CreateLogger<DistributedApplication>();
        _lifetime = lifetime;
    }

    /// <summary>Whether the application was ended by a fault rather than by its user.</summary>
    public bool HasFailed => _failure.Task.IsCompleted;

    /// <param name="resourceId">The name of a project, or the unique name of its process.</param>
    public ProjectRunner? FindRunner(string resourceId) =>
        _projects.Find(runner => string.Equals(runner.Project.Name, resourceId, StringComparison.OrdinalIgnoreCase) || runner.Process.Name == resourceId);

    /// <returns>What the project writes to the console; null where there is no such project.</returns>
    public IAsyncEnumerable<IReadOnlyList<ConsoleLine>>? ReadConsole(string resourceId, bool follow, CancellationToken cancellationToken) =>
        FindRunner(resourceId) is { } runner ? new ProcessLog(_dcp!.Client, runner.Process).ReadAsync(follow, cancellationToken) : null;

    /// <exception cref="DistributedApplicationException">Something that the application needs is missing or does not work.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _logger.LogInformation("Distributed application starting.");
        _logger.LogInformation("Application host directory is: {AppHostDirectory}", _model.AppHostDirectory);
        try
        {
            EnsurePortsAreFree();
            _dcp = await DcpSession.StartAsync(_model.DcpPath, cancellationToken).ConfigureAwait(false);
            var certificatePath = ExportCertificate(out var certificate);

            var watcher = new ExecutableWatcher(_dcp.Client, _logger);
            _watch = WatchAsync(watcher);

            await StartDashboardAsync(watcher, certificatePath, cancellationToken).ConfigureAwait(false);
            await AllocateEndpointsAsync(cancellationToken).ConfigureAwait(false);
            _projects = [.. _model.Projects.Select(project => CreateRunner(project, watcher, certificatePath, certificate))];
            foreach (var runner in _projects)
            {
                _ = StartProjectAsync(runner);
            }

            await WaitForDashboardAsync(cancellationToken).ConfigureAwait(false);
            ThrowIfFailed();
            _logger.LogInformation("Distributed application started. Press Ctrl+C to shut down.");
        }
        catch (Exception exception)
        {
            // A fault found elsewhere cancels the start, and is what there is to tell then.
            if (exception is not OperationCanceledException)
            {
                Fail(exception is DistributedApplicationException ? exception.Message : $"The application could not be started: {exception.Message}");
            }

            await StopAsync(CancellationToken.None).ConfigureAwait(false);
            ThrowIfFailed();
            throw;
        }
    }

    /// <summary>Stops everything, once: who asks again waits for the same end.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_stopLock)
        {
            return _stop ??= StopEverythingAsync();
        }
    }

    /// <summary>Called twice: the container knows this object as itself and as the hosted service.</summary>
    public void Dispose()
    {
        _notifications.Complete();
        _projects.ForEach(runner => runner.Dispose());
        _projects = [];
        _http.Dispose();
        _starting.Dispose();
        _watching.Dispose();
    }

    private void EnsurePortsAreFree()
    {
        if (_model.Dashboard is { } dashboard)
        {
            foreach (var url in dashboard.Urls)
            {
                PortCheck.EnsureFree(url.Port, $"the dashboard ({DashboardOptions.UrlsKey}, from applicationUrl in the AppHost's Properties/launchSettings.json)");
            }

            foreach (var (url, key) in new[] { (dashboard.OtlpGrpcUrl, DashboardOptions.OtlpGrpcKey), (dashboard.OtlpHttpUrl, DashboardOptions.OtlpHttpKey) })
            {
                PortCheck.EnsureFree(url?.Port ?? 0, $"the dashboard ({key}, in the AppHost's Properties/launchSettings.json)");
            }
        }

        foreach (var project in _model.Projects)
        {
            foreach (var endpoint in project.Endpoints)
            {
                PortCheck.EnsureFree(endpoint.FixedPort ?? 0, $"'{project.Name}' (applicationUrl in {Path.Combine(Path.GetDirectoryName(project.ProjectPath)!, "Properties", "launchSettings.json")})");
            }
        }
    }

    private string? ExportCertificate(out X509Certificate2? certificate)
    {
        certificate = DevelopmentCertificate.FindTrusted();
        if (certificate is null)
        {
            return null;
        }

        // The folder is readable by this user only and goes away with DCP, and the key with it.
        var path = Path.Combine(_dcp!.Folder, "development.pfx");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12));
        return path;
    }

    private async Task StartDashboardAsync(ExecutableWatcher watcher, string? certificatePath, CancellationToken cancellationToken)
    {
        if (_model.Dashboard is not { } dashboard)
        {
            return;
        }

        if (!File.Exists(_model.DashboardPath))
        {
            throw new DistributedApplicationException($"The dashboard was not found at '{_model.DashboardPath}'. Build the AppHost again to install it, or set ASPIRE_DASHBOARD_PATH to the program.");
        }

        var calls = new ResourceCalls(ApplicationName(_model.Environment.ApplicationName), _notifications, new ResourceCommandService(this).ExecuteCommandAsync, ReadConsole);
        _resources = await ResourceServer.StartAsync(calls, _loggers, cancellationToken).ConfigureAwait(false);
        var spec = new DcpExecutableSpec(
            _model.DashboardPath,
            Path.GetDirectoryName(_model.DashboardPath)!,
            ["dashboard"],
            AsDcpVariables(dashboard.ToEnvironment(certificatePath, _resources.Url, _resources.ApiKey)));
        _dashboard = new DcpProcess(_dcp!.Client, watcher, UniqueName("aspire-dashboard"), spec, new() { ["resource-name"] = "aspire-dashboard" });
        _dashboard.Changed += status =>
        {
            if (status.HasEnded && _stop is null)
            {
                Fail($"The dashboard ended by itself with exit code {status.ExitCode}. Its last output:{Environment.NewLine}{_dashboard.ReadLastOutput(20)}");
            }
        };
        await _dashboard.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task WaitForDashboardAsync(CancellationToken cancellationToken)
    {
        if (_model.Dashboard is not { } dashboard)
        {
            return;
        }

        var health = new Uri(dashboard.Urls[0], "health");
        var isUp = await Poll.UntilAsync(
            async token =>
            {
                ThrowIfFailed();
                try
                {
                    using var response = await _http.GetAsync(health, token).ConfigureAwait(false);
                    return response.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            DashboardTimeout,
            cancellationToken).ConfigureAwait(false);
        if (!isUp)
        {
            throw new DistributedApplicationException($"The dashboard did not answer {health} within {DashboardTimeout.TotalSeconds:0} s. Its last output:{Environment.NewLine}{_dashboard!.ReadLastOutput(20)}");
        }

        _logger.LogInformation("Now listening on: {DashboardUrl}", DashboardOptions.AsText(dashboard.Urls[0]));
        if (dashboard.Keys is not null)
        {
            // dotnet watch and IDEs look for this very sentence to open the browser.
            _logger.LogInformation("Login to the dashboard at {DashboardLoginUrl}", dashboard.LoginUrl);
        }
    }

    private async Task AllocateEndpointsAsync(CancellationToken cancellationToken)
    {
        foreach (var project in _model.Projects)
        {
            foreach (var endpoint in project.Endpoints)
            {
                await _dcp!.Client.CreateServiceAsync(
                    endpoint.DcpServiceName,
                    new DcpServiceSpec("localhost", endpoint.FixedPort),
                    new() { ["resource-name"] = project.Name, ["endpoint-name"] = endpoint.Name },
                    cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (var endpoint in _model.Projects.SelectMany(project => project.Endpoints))
        {
            var isAllocated = await Poll.UntilAsync(
                async token =>
                {
                    var service = await _dcp!.Client.GetServiceAsync(endpoint.DcpServiceName, token).ConfigureAwait(false);
                    endpoint.AllocatedPort = service.Status?.EffectivePort is > 0 and var port ? port : null;
                    return endpoint.AllocatedPort is not null;
                },
                PortTimeout,
                cancellationToken).ConfigureAwait(false);
            if (!isAllocated)
            {
                throw new DistributedApplicationException($"DCP could not open port {endpoint.FixedPort?.ToString(CultureInfo.InvariantCulture) ?? "(any)"} for '{endpoint.DcpServiceName}' within {PortTimeout.TotalSeconds:0} s. Is another program using it?");
            }
        }
    }

    private ProjectRunner CreateRunner(ProjectResource project, ExecutableWatcher watcher, string? certificatePath, X509Certificate2? certificate)
    {
        var name = UniqueName(project.Name);
        var variables = ProjectEnvironment.For(project, _model.Telemetry, _model.Environment.IsDevelopment(), certificatePath);
        if (certificate is not null)
        {
            // For programs that read OpenSSL's folder; .NET trusts the certificate already.
            variables.TryAdd("SSL_CERT_DIR", $"{Path.Combine(_dcp!.Folder, name, "certs")}:{SystemCertificates()}");
        }

        var spec = new DcpExecutableSpec(
            "dotnet",
            Path.GetDirectoryName(project.ProjectPath)!,
            [project.OutputPath],
            AsDcpVariables(variables),
            certificate is null ? null : new DcpCertificates([new DcpCertificate(certificate.Thumbprint, certificate.ExportCertificatePem())]));
        var annotations = new Dictionary<string, string>
        {
            ["resource-name"] = project.Name,
            ["otel-service-name"] = project.Name,
            ["otel-service-instance-id"] = name[(project.Name.Length + 1)..],
            ["service-producer"] = DcpClient.AsAnnotation(project.Endpoints.Select(endpoint => new DcpServiceProducer(endpoint.DcpServiceName, "localhost"))),
        };
        var process = new DcpProcess(_dcp!.Client, watcher, name, spec, annotations);
        return new ProjectRunner(project, process, _notifications, _http, _logger);
    }

    private async Task StartProjectAsync(ProjectRunner runner)
    {
        try
        {
            // Where there is a dashboard, somebody can start what has ended.
            await runner.StartWhenReadyAsync(waitsForEver: _model.Dashboard is not null, _starting.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopped before it could start.
        }
        catch (Exception exception)
        {
            // The others live on, and it can be started again. If DCP is gone, that is noticed elsewhere.
            _logger.LogError("'{Resource}' could not be started: {Reason}", runner.Project.Name, exception.Message);
            runner.FailToStart();
        }
    }

    private async Task WatchAsync(ExecutableWatcher watcher)
    {
        try
        {
            await watcher.RunAsync(_watching.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The application has stopped.
        }
        catch (Exception exception)
        {
            Fail(exception.Message);
        }
    }

    /// <summary>Ends the application; the first reason counts.</summary>
    private void Fail(string reason)
    {
        if (_failure.TrySetResult(reason))
        {
            _logger.LogCritical("{Reason}", reason);
            _lifetime.StopApplication();
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure.Task.IsCompleted)
        {
            throw new DistributedApplicationException(_failure.Task.Result);
        }
    }

    private async Task StopEverythingAsync()
    {
        await _starting.CancelAsync().ConfigureAwait(false);
        var waves = StopOrder.Of(_projects, runner => runner.Project);
        foreach (var wave in waves)
        {
            await Task.WhenAll(wave.Select(runner => runner.CloseAsync(TimeToStopProjects / waves.Count))).ConfigureAwait(false);
            _logger.LogDebug("Stopped: {Resources}.", string.Join(", ", wave.Select(runner => runner.Project.Name)));
        }

        if (_dashboard is not null)
        {
            await _dashboard.EndAsync(TimeToStopDashboard).ConfigureAwait(false);
            _logger.LogDebug("Stopped: the dashboard.");
        }

        if (_resources is not null)
        {
            await _resources.DisposeAsync().ConfigureAwait(false);
        }

        await _watching.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        if (_dcp is not null)
        {
            await _dcp.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The name of the solution, where the AppHost is called like that and what it is.</summary>
    private static string ApplicationName(string appHostName) =>
        appHostName.EndsWith("AppHost", StringComparison.OrdinalIgnoreCase) ? appHostName[..^"AppHost".Length].TrimEnd('.', '-', '_') : appHostName;

    private static List<DcpVariable> AsDcpVariables(Dictionary<string, string> variables) =>
        [.. variables.Select(variable => new DcpVariable(variable.Key, variable.Value))];

    /// <summary>The name that DCP and the dashboard tell instances apart by, in Aspire's form: eight lower-case letters after the resource's name.</summary>
    private static string UniqueName(string name) => $"{name}-{RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 8)}";

    private static string SystemCertificates() =>
        Environment.GetEnvironmentVariable("SSL_CERT_DIR") is { Length: > 0 } configured
            ? configured
            : Array.Find(CertificateFolders, Directory.Exists) ?? "";
}
