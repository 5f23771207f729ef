using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Projects;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Orchestration;

/// <summary>What <see cref="ApplicationRunner"/> runs, and with what.</summary>
/// <param name="Projects">The projects, in the order they were added.</param>
/// <param name="Dashboard">The dashboard's settings; null: no dashboard.</param>
/// <param name="Telemetry">Where the projects send telemetry, whether a dashboard of ours listens there or not; null: nowhere.</param>
internal sealed record ApplicationModelOptions(
    IReadOnlyList<ProjectResource> Projects,
    DashboardOptions? Dashboard,
    TelemetryTarget? Telemetry,
    IHostEnvironment Environment,
    string AppHostDirectory,
    string DcpPath,
    string DashboardPath);
