namespace Aspire.Hosting.Projects;

/// <summary>
/// An address that a project is reached at. Clients connect to a proxy of DCP; the process behind it listens on a port that DCP chooses.
/// </summary>
internal sealed class ProjectEndpoint
{
    private ProjectEndpoint(string name, string scheme, string host, int? fixedPort, string dcpServiceName)
    {
        Name = name;
        Scheme = scheme;
        Host = host;
        FixedPort = fixedPort;
        DcpServiceName = dcpServiceName;
    }

    /// <summary>The scheme, with a number from the second of the same scheme on: http, http2.</summary>
    public string Name { get; }

    public string Scheme { get; }

    public string Host { get; }

    /// <summary>The port that the proxy must listen on; none: DCP chooses one.</summary>
    public int? FixedPort { get; }

    public string DcpServiceName { get; }

    /// <summary>Offered to callers outside the application. Of no consequence in a local run, in Aspire as here.</summary>
    public bool IsExternal { get; set; }

    /// <summary>The port that the proxy listens on, once DCP has said so.</summary>
    public int? AllocatedPort { get; set; }

    public bool IsHttp => Scheme is "http" or "https";

    /// <exception cref="InvalidOperationException">DCP has not allocated a port yet.</exception>
    public string Url => AllocatedPort is { } port
        ? $"{Scheme}://{Host}:{port}"
        : throw new InvalidOperationException($"The endpoint '{DcpServiceName}' has no address before the application is started.");

    /// <summary>What the process listens on; DCP puts its port in.</summary>
    public string ListenTemplate => $$$"""{{{Scheme}}}://{{{Host}}}:{{- portForServing "{{{DcpServiceName}}}" -}}""";

    public static IReadOnlyList<ProjectEndpoint> FromLaunchProfile(string resourceName, LaunchProfile? profile, bool randomizePorts)
    {
        var endpoints = new List<ProjectEndpoint>();
        foreach (var url in profile?.ApplicationUrls ?? [])
        {
            var sameScheme = endpoints.Count(endpoint => endpoint.Scheme == url.Scheme);
            var name = sameScheme == 0 ? url.Scheme : $"{url.Scheme}{sameScheme + 1}";
            var serviceName = profile!.ApplicationUrls.Count == 1 ? resourceName : $"{resourceName}-{name}";
            endpoints.Add(new ProjectEndpoint(name, url.Scheme, url.Host, randomizePorts || url.Port == 0 ? null : url.Port, serviceName));
        }

        return endpoints;
    }
}
