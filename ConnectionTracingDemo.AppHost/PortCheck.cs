using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Extensions.Configuration;

namespace ConnectionTracingDemo.AppHost;

/// <summary>
/// Finds ports that another program listens on. Aspire does not check this: it ends with an unhandled exception, or its proxies fail to
/// listen without an error.
/// </summary>
internal static class PortCheck
{
    // The proxies of an AppHost that has just been stopped take a moment longer than it does.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly (string Setting, string Owner)[] AppHostSettings =
    [
        ("ASPNETCORE_URLS", "the dashboard (ASPNETCORE_URLS)"),
        ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "the dashboard's OTLP endpoint (ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL)"),
        ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "the resource service (ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL)"),
    ];

    /// <summary>Waits a moment for ports that are taken.</summary>
    /// <returns>
    /// A line for each port that stays taken, with what to do about it. Empty when publishing, and where ports are drawn at random, as in
    /// tests and with <c>aspire start --isolated</c>.
    /// </returns>
    public static async Task<IReadOnlyList<string>> FindTakenAsync(IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsRunMode || builder.Configuration.GetValue("DcpPublisher:RandomizePorts", defaultValue: false))
        {
            return [];
        }

        var wanted = OfAppHost(builder).Concat(OfProjects(builder)).ToList();
        var taken = FindTaken(wanted);
        using var timeout = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (taken.Count > 0 && !timeout.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync();
            taken = FindTaken(wanted);
        }

        return [.. taken.Select(port => $"Port {port.Number} of {port.Owner} is taken. Stop the program that listens there (another AppHost of yours?), or change the port in {port.File}.")];
    }

    private static List<(int Number, string Owner, string File)> FindTaken(List<(int Number, string Owner, string File)> wanted)
    {
        var listening = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(IsOnThisMachine).Select(endpoint => endpoint.Port).ToHashSet();
        return [.. wanted.Where(port => listening.Contains(port.Number))];
    }

    private static IEnumerable<(int Number, string Owner, string File)> OfAppHost(IDistributedApplicationBuilder builder)
    {
        foreach (var (setting, owner) in AppHostSettings)
        {
            foreach (var address in builder.Configuration[setting]?.Split(';') ?? [])
            {
                if (Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Port > 0)
                {
                    yield return (url.Port, owner, LaunchSettings(builder.AppHostDirectory));
                }
            }
        }
    }

    private static IEnumerable<(int Number, string Owner, string File)> OfProjects(IDistributedApplicationBuilder builder)
    {
        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            foreach (var endpoint in project.Annotations.OfType<EndpointAnnotation>())
            {
                if (endpoint.Port is { } port)
                {
                    yield return (port, project.Name, LaunchSettings(Path.GetDirectoryName(project.GetProjectMetadata().ProjectPath)!));
                }
            }
        }
    }

    private static string LaunchSettings(string project) => Path.Combine(project, "Properties", "launchSettings.json");

    private static bool IsOnThisMachine(IPEndPoint endpoint) =>
        IPAddress.IsLoopback(endpoint.Address) || endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any);
}
