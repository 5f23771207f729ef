using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Checks the health of a project while its process runs: often until it is healthy, seldom from then on.</summary>
/// <param name="project">The project.</param>
/// <param name="client">Sends the health checks.</param>
/// <param name="logger">Takes warnings.</param>
internal sealed class HealthWatch(ProjectResource project, HttpClient client, ILogger logger)
{
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestUnhealthyInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HealthyInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PatienceWithUnhealthy = TimeSpan.FromSeconds(30);

    /// <summary>Runs until cancelled.</summary>
    /// <param name="onChecked">Called with what the checks found.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async Task RunAsync(Action<ImmutableArray<HealthReportSnapshot>> onChecked, CancellationToken cancellationToken)
    {
        var interval = FirstInterval;
        var unhealthySince = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var reports = await CheckAsync(cancellationToken).ConfigureAwait(false);
            onChecked(reports);

            if (reports.FirstOrDefault(report => report.Status != HealthStatus.Healthy) is not { } fault)
            {
                interval = FirstInterval;
                unhealthySince = TimeProvider.System.GetTimestamp();
                await Task.Delay(HealthyInterval, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (TimeProvider.System.GetElapsedTime(unhealthySince) > PatienceWithUnhealthy)
            {
                unhealthySince = TimeProvider.System.GetTimestamp();
                logger.LogWarning("{Resource} is still not healthy, and what waits for it is held back: {Fault}.", project.Name, fault.Description);
            }

            await Task.Delay(interval, cancellationToken).ConfigureAwait(false);
            interval = interval * 2 < LongestUnhealthyInterval ? interval * 2 : LongestUnhealthyInterval;
        }
    }

    private async Task<ImmutableArray<HealthReportSnapshot>> CheckAsync(CancellationToken cancellationToken)
    {
        var reports = ImmutableArray.CreateBuilder<HealthReportSnapshot>();
        foreach (var check in project.HealthChecks)
        {
            var fault = await check.FindFaultAsync(client, cancellationToken).ConfigureAwait(false);
            reports.Add(new HealthReportSnapshot(check.KeyOf(project.Name), fault is null ? HealthStatus.Healthy : HealthStatus.Unhealthy, fault, null)
            {
                LastRunAt = DateTime.UtcNow,
            });
        }

        return reports.ToImmutable();
    }
}
