using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Runs one project: waits for what it depends on, starts it, watches its health, tells when it ends by itself.</summary>
internal sealed class ProjectRunner : IDisposable
{
    private static readonly TimeSpan FirstHealthInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestUnhealthyInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HealthyInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PatienceWithUnhealthy = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    private readonly ProjectResource _project;
    private readonly DcpProcess _process;
    private readonly ResourceNotificationService _notifications;
    private readonly HttpClient _healthClient;
    private readonly ILogger _logger;
    private readonly Action<string> _onFailure;
    private readonly SemaphoreSlim _oneCommandAtATime = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private CancellationTokenSource? _healthChecks;
    private volatile bool _isMeantToRun;

    /// <param name="project">What to run.</param>
    /// <param name="process">Its process in DCP.</param>
    /// <param name="notifications">Where to tell its state.</param>
    /// <param name="healthClient">Sends the health checks.</param>
    /// <param name="logger">Takes warnings.</param>
    /// <param name="onFailure">Called with the reason when the project ends though nobody asked it to.</param>
    public ProjectRunner(
        ProjectResource project,
        DcpProcess process,
        ResourceNotificationService notifications,
        HttpClient healthClient,
        ILogger logger,
        Action<string> onFailure)
    {
        _project = project;
        _process = process;
        _notifications = notifications;
        _healthClient = healthClient;
        _logger = logger;
        _onFailure = onFailure;
        process.Changed += OnChanged;
        Update(_ => new CustomResourceSnapshot { State = new(KnownResourceStates.NotStarted, null) });
    }

    public ProjectResource Project => _project;

    public void Dispose()
    {
        _closing.Cancel();
        _oneCommandAtATime.Dispose();
        _closing.Dispose();
    }

    /// <summary>Starts the project as soon as everything that it waits for is healthy.</summary>
    public async Task StartWhenReadyAsync(CancellationToken cancellationToken)
    {
        if (_project.WaitsFor.Count > 0)
        {
            Update(state => state with { State = new(KnownResourceStates.Waiting, null) });
        }

        foreach (var dependency in _project.WaitsFor)
        {
            var resourceEvent = await _notifications.WaitForResourceAsync(
                dependency.Name,
                resourceEvent => resourceEvent.Snapshot is { HealthStatus: HealthStatus.Healthy } || KnownResourceStates.TerminalStates.Contains(resourceEvent.Snapshot.State?.Text),
                cancellationToken).ConfigureAwait(false);
            if (resourceEvent.Snapshot.HealthStatus != HealthStatus.Healthy)
            {
                // What it waits for ended instead, which ends the application and is told there.
                Update(state => state with { State = new(KnownResourceStates.FailedToStart, null) });
                return;
            }
        }

        // Somebody may have lost patience and started it by hand.
        await ExecuteAsync(token => _process.IsStarted ? Task.CompletedTask : StartProcessAsync(token), cancellationToken).ConfigureAwait(false);
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

    private async Task ExecuteAsync(Func<CancellationToken, Task> command, CancellationToken cancellationToken)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        await _oneCommandAtATime.WaitAsync(broken.Token).ConfigureAwait(false);
        try
        {
            await command(broken.Token).ConfigureAwait(false);
        }
        finally
        {
            _oneCommandAtATime.Release();
        }
    }

    private Task StartProcessAsync(CancellationToken cancellationToken)
    {
        _isMeantToRun = true;
        Update(_ => new CustomResourceSnapshot { State = new(KnownResourceStates.Starting, null) });
        return _process.StartAsync(cancellationToken);
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
        Update(state => state with
        {
            State = new(status.State, null),
            ExitCode = status.HasEnded ? status.ExitCode : null,
            HealthStatus = !isRunning ? null : state.HealthStatus ?? (_project.HealthChecks.Count == 0 ? HealthStatus.Healthy : HealthStatus.Unhealthy),
        });

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
            _onFailure(DescribeEnd(status));
        }
    }

    private async Task CheckHealthAsync(CancellationToken cancellationToken)
    {
        try
        {
            var interval = FirstHealthInterval;
            var unhealthySince = TimeProvider.System.GetTimestamp();
            while (true)
            {
                var fault = await FindFaultAsync(cancellationToken).ConfigureAwait(false);
                Update(state => state.State?.Text == KnownResourceStates.Running && !cancellationToken.IsCancellationRequested
                    ? state with { HealthStatus = fault is null ? HealthStatus.Healthy : HealthStatus.Unhealthy }
                    : state);

                if (fault is null)
                {
                    interval = FirstHealthInterval;
                    unhealthySince = TimeProvider.System.GetTimestamp();
                    await Task.Delay(HealthyInterval, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                if (TimeProvider.System.GetElapsedTime(unhealthySince) > PatienceWithUnhealthy)
                {
                    unhealthySince = TimeProvider.System.GetTimestamp();
                    _logger.LogWarning("{Resource} is still not healthy, and what waits for it is held back: {Fault}.", _project.Name, fault);
                }

                await Task.Delay(interval, cancellationToken).ConfigureAwait(false);
                interval = interval * 2 < LongestUnhealthyInterval ? interval * 2 : LongestUnhealthyInterval;
            }
        }
        catch (OperationCanceledException)
        {
            // The project has stopped; there is nothing left to check.
        }
    }

    private async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        foreach (var check in _project.HealthChecks)
        {
            if (await check.FindFaultAsync(_healthClient, cancellationToken).ConfigureAwait(false) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private string DescribeEnd(DcpExecutableStatus status)
    {
        var what = status.State == KnownResourceStates.FailedToStart
            ? $"'{_project.Name}' could not be started: 'dotnet {_project.OutputPath}' in '{Path.GetDirectoryName(_project.ProjectPath)}'. Is it built?"
            : $"'{_project.Name}' ended by itself with exit code {status.ExitCode}{(status.ExitCode == -1 ? " (a signal ended it)" : "")}. Run it alone to find out why: dotnet run --project {_project.ProjectPath}";
        var output = _process.ReadLastOutput(20);
        return output.Length == 0 ? what : $"{what}{Environment.NewLine}Its last output:{Environment.NewLine}{output}";
    }

    private void Update(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => _notifications.Update(_project, _process.Name, change);
}
