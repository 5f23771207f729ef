using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Runs one project: waits for what it depends on, starts it, watches its health, tells when it ends by itself.</summary>
internal sealed class ProjectRunner : IDisposable
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    private readonly ProjectResource _project;
    private readonly DcpProcess _process;
    private readonly ResourceNotificationService _notifications;
    private readonly ILogger _logger;
    private readonly HealthWatch _health;
    private readonly SemaphoreSlim _oneCommandAtATime = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private CancellationTokenSource? _healthChecks;
    private volatile bool _isMeantToRun;

    /// <param name="project">What to run; its endpoints must be allocated.</param>
    /// <param name="process">Its process in DCP.</param>
    /// <param name="notifications">Where to tell its state.</param>
    /// <param name="healthClient">Sends the health checks.</param>
    /// <param name="logger">Is told of what ends by itself or does not become healthy.</param>
    public ProjectRunner(ProjectResource project, DcpProcess process, ResourceNotificationService notifications, HttpClient healthClient, ILogger logger)
    {
        _project = project;
        _process = process;
        _notifications = notifications;
        _logger = logger;
        _health = new HealthWatch(project, healthClient, logger);
        process.Changed += OnChanged;
        notifications.Add(project, process.Name, ProjectSnapshot.NotStarted(project, process.Spec));
    }

    public ProjectResource Project => _project;

    public DcpProcess Process => _process;

    public void Dispose()
    {
        _closing.Cancel();
        _oneCommandAtATime.Dispose();
        _closing.Dispose();
    }

    /// <summary>Starts the project as soon as everything that it waits for is healthy.</summary>
    /// <param name="waitsForEver">Whether to go on waiting for something that has ended: somebody may start it again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task StartWhenReadyAsync(bool waitsForEver, CancellationToken cancellationToken)
    {
        for (var next = 0; next < _project.WaitsFor.Count; next++)
        {
            var dependency = _project.WaitsFor[next];
            var missing = _project.WaitsFor.Skip(next).ToList();
            Update(state => _process.CurrentRun.HasStarted ? state : state.WaitingFor(missing));
            var resourceEvent = await _notifications.WaitForResourceAsync(
                dependency.Name,
                resourceEvent => resourceEvent.Snapshot is { HealthStatus: HealthStatus.Healthy } || (!waitsForEver && HasEnded(resourceEvent.Snapshot)),
                cancellationToken).ConfigureAwait(false);
            if (HasEnded(resourceEvent.Snapshot))
            {
                throw new DistributedApplicationException($"'{dependency.Name}', which it waits for, has ended.");
            }
        }

        // Somebody may have lost patience and started it by hand, and even have stopped it since.
        await ExecuteAsync(token => _process.CurrentRun.HasStarted ? Task.CompletedTask : StartProcessAsync(token), cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="DistributedApplicationException">It runs already.</exception>
    public Task StartAsync(CancellationToken cancellationToken) =>
        ExecuteAsync(
            token => _process.IsStarted ? throw new DistributedApplicationException($"'{_project.Name}' runs already.") : StartProcessAsync(token),
            cancellationToken);

    /// <summary>Stops the project; it is killed where it has not stopped within a few seconds.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => ExecuteAsync(StopProcessAsync, cancellationToken);

    /// <summary>Stops the project, if it runs, and starts it.</summary>
    public Task RestartAsync(CancellationToken cancellationToken) =>
        ExecuteAsync(
            async token =>
            {
                await StopProcessAsync(token).ConfigureAwait(false);
                await StartProcessAsync(token).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>Notes that the project could not be started.</summary>
    public void FailToStart() => Update(state => state.FailedToStart());

    /// <summary>Stops the project for good. A command that is being executed is broken off, and no other is taken.</summary>
    /// <param name="grace">The time that the project has before it is killed.</param>
    public async Task CloseAsync(TimeSpan grace)
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _oneCommandAtATime.WaitAsync().ConfigureAwait(false);
        try
        {
            _isMeantToRun = false;
            await _process.EndAsync(grace).ConfigureAwait(false);
        }
        finally
        {
            _oneCommandAtATime.Release();
        }
    }

    private static bool HasEnded(CustomResourceSnapshot snapshot) => KnownResourceStates.TerminalStates.Contains(snapshot.State?.Text);

    private async Task ExecuteAsync(Func<CancellationToken, Task> command, CancellationToken cancellationToken)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        await _oneCommandAtATime.WaitAsync(broken.Token).ConfigureAwait(false);
        try
        {
            await _process.SettleAsync(broken.Token).ConfigureAwait(false);
            await command(broken.Token).ConfigureAwait(false);
        }
        finally
        {
            _oneCommandAtATime.Release();
        }
    }

    private async Task StartProcessAsync(CancellationToken cancellationToken)
    {
        _isMeantToRun = true;
        Update(state => state.Starting(_project));
        try
        {
            await _process.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch when (!_process.IsStarted)
        {
            FailToStart();
            throw;
        }
    }

    private Task StopProcessAsync(CancellationToken cancellationToken)
    {
        _isMeantToRun = false;
        return _process.StopAsync(StopGrace, cancellationToken);
    }

    private void OnChanged(DcpExecutableStatus status)
    {
        if (string.IsNullOrEmpty(status.State))
        {
            return;
        }

        var isRunning = status.State == KnownResourceStates.Running;
        Update(state => state.After(status, _project, _process.Spec));

        if (isRunning && _healthChecks is null && _project.HealthChecks.Count > 0)
        {
            _healthChecks = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            _ = CheckHealthAsync(_healthChecks.Token);
        }
        else if (!isRunning && _healthChecks is not null)
        {
            _healthChecks.Cancel();
            _healthChecks.Dispose();
            _healthChecks = null;
        }

        if (status.HasEnded && _isMeantToRun)
        {
            _isMeantToRun = false;
            _logger.Log(status.ExitCode == 0 ? LogLevel.Information : LogLevel.Error, "{Reason}", DescribeEnd(status));
        }
    }

    private async Task CheckHealthAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _health.RunAsync(
                reports => Update(state => state.State?.Text == KnownResourceStates.Running && !cancellationToken.IsCancellationRequested ? state with { HealthReports = reports } : state),
                cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The project has stopped; there is nothing left to check.
        }
    }

    private string DescribeEnd(DcpExecutableStatus status)
    {
        var what = status.State == KnownResourceStates.FailedToStart
            ? $"'{_project.Name}' could not be started: 'dotnet {_project.OutputPath}' in '{Path.GetDirectoryName(_project.ProjectPath)}'. Is it built, and is dotnet on the PATH?"
            : $"'{_project.Name}' ended by itself with exit code {status.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}{(status.ExitCode == -1 ? " (a signal ended it)" : "")}. Run it alone to find out why: dotnet run --project {_project.ProjectPath}";
        var output = _process.ReadLastOutput(20);
        return output.Length == 0 ? what : $"{what}{Environment.NewLine}Its last output:{Environment.NewLine}{output}";
    }

    private void Update(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => _notifications.Update(_project, change);
}
