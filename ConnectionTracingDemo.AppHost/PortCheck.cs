using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Extensions.Configuration;

namespace ConnectionTracingDemo.AppHost;

/// <summary>
/// Finds ports that another program listens on. Aspire starts all the same: it ends with an unhandled exception, or its proxies never
/// listen and say nothing.
/// </summary>
internal static class PortCheck
{
    // The proxies of an AppHost that has just been stopped take a moment longer than it does.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly string[] Settings = ["ASPNETCORE_URLS", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"];

    /// <returns>A line for each port that is taken, with what to do about it. Empty where ports are drawn at random, as in tests and with <c>aspire start --isolated</c>.</returns>
    public static IReadOnlyList<string> FindTaken(IDistributedApplicationBuilder builder)
    {
        if (builder.Configuration.GetValue("DcpPublisher:RandomizePorts", defaultValue: false))
        {
            return [];
        }

        var wanted = OfAppHost(builder).Concat(OfProjects(builder)).ToList();
        for (var since = TimeProvider.System.GetTimestamp(); ;)
        {
            var listening = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(IsOnThisMachine).Select(endpoint => endpoint.Port).ToHashSet();
            var taken = wanted.Where(port => listening.Contains(port.Number)).ToList();
            if (taken.Count == 0 || TimeProvider.System.GetElapsedTime(since) > Patience)
            {
                return [.. taken.Select(port => $"Port {port.Number} of {port.Owner} is taken. Stop the program that listens there (another AppHost of yours?), or change the port in {port.File}.")];
            }

            Thread.Sleep(TimeSpan.FromMilliseconds(200));
        }
    }

    private static IEnumerable<(int Number, string Owner, string File)> OfAppHost(IDistributedApplicationBuilder builder)
    {
        foreach (var setting in Settings)
        {
            foreach (var address in builder.Configuration[setting]?.Split(';') ?? [])
            {
                if (Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Port > 0)
                {
                    yield return (url.Port, setting, LaunchSettings(builder.AppHostDirectory));
                }
            }
        }
    }

    private static IEnumerable<(int Number, string Owner, string File)> OfProjects(IDistributedApplicationBuilder builder) =>
        from project in builder.Resources.OfType<ProjectResource>()
        from endpoint in project.Annotations.OfType<EndpointAnnotation>()
        where endpoint.Port is not null
        select (endpoint.Port ?? 0, project.Name, LaunchSettings(Path.GetDirectoryName(project.GetProjectMetadata().ProjectPath)!));

    private static string LaunchSettings(string project) => Path.Combine(project, "Properties", "launchSettings.json");

    private static bool IsOnThisMachine(IPEndPoint endpoint) =>
        IPAddress.IsLoopback(endpoint.Address) || endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any);
}
