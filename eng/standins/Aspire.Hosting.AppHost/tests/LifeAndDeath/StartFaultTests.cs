using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Tests.LifeAndDeath;

/// <summary>An AppHost that lacks what it needs says what, where to set it right, and starts nothing.</summary>
[Collection(LifeAndDeathTests.Name)]
public sealed class StartFaultTests
{
    [AppHostFact]
    public async Task The_dashboards_port_is_taken()
    {
        var settings = new AppHostSettings();
        using var other = Listen(settings.DashboardPort);

        await AssertFailsAsync(settings, $"Port {settings.DashboardPort} is taken", "ASPNETCORE_URLS", "launchSettings.json");
    }

    [AppHostFact]
    public async Task The_port_for_telemetry_is_taken()
    {
        var settings = new AppHostSettings();
        using var other = Listen(settings.OtlpPort);

        await AssertFailsAsync(settings, $"Port {settings.OtlpPort} is taken", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "launchSettings.json");
    }

    [AppHostFact]
    public async Task The_port_of_a_service_is_taken()
    {
        // The one of the launch profile http. Where this test cannot have it, somebody else has.
        using var other = Listen(5380);

        await AssertFailsAsync(new AppHostSettings().With("DcpPublisher__RandomizePorts", "false"), "Port 5380 is taken", "'apiservice'", "launchSettings.json");
    }

    [AppHostFact]
    public async Task The_users_own_certificate_for_Kestrel_is_no_fault()
    {
        // As in a dev container. Without a development certificate on this machine nobody would notice.
        await using var appHost = AppHostRun.Start(new AppHostSettings()
            .With("ASPNETCORE_Kestrel__Certificates__Default__Path", "/nowhere/their.pfx")
            .With("ASPNETCORE_Kestrel__Certificates__Default__Password", "their password"));
        await appHost.WaitUntilStartedAsync();
    }

    [AppHostFact]
    public async Task DCP_is_missing()
    {
        var empty = Directory.CreateTempSubdirectory();
        try
        {
            await AssertFailsAsync(new AppHostSettings().With("ASPIRE_DCP_PATH", empty.FullName), "DCP, which runs the services, was not found", empty.FullName, "ASPIRE_DCP_PATH");
        }
        finally
        {
            empty.Delete();
        }
    }

    [AppHostFact]
    public async Task DCP_cannot_be_executed()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "dcp"), "not a program");
            await AssertFailsAsync(new AppHostSettings().With("ASPIRE_DCP_PATH", folder.FullName), "DCP, which runs the services, could not be started", folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [AppHostFact]
    public Task There_is_no_home_for_DCP() =>
        AssertFailsAsync(new AppHostSettings().With("HOME", "/dev/null/home"), "DCP, which runs the services, ended as soon as it was started", "HOME", "/dev/null/home");

    [AppHostFact]
    public Task There_is_no_folder_for_temporary_files() =>
        AssertFailsAsync(new AppHostSettings().With("TMPDIR", "/dev/null/tmp"), "works in a folder in '/dev/null/tmp/'", "Set TMPDIR");

    [AppHostFact]
    public Task The_dashboard_is_missing() =>
        AssertFailsAsync(new AppHostSettings().With("ASPIRE_DASHBOARD_PATH", "/nowhere/aspire-managed"), "The dashboard was not found at '/nowhere/aspire-managed'", "ASPIRE_DASHBOARD_PATH");

    [AppHostFact]
    public Task The_dashboards_address_is_none() =>
        AssertFailsAsync(new AppHostSettings().With("ASPNETCORE_URLS", "localhost"), "ASPNETCORE_URLS has the value 'localhost'", "https://localhost:");

    [AppHostFact]
    public Task The_dashboard_has_no_address() =>
        AssertFailsAsync(new AppHostSettings().With("ASPNETCORE_URLS", null), "ASPNETCORE_URLS is not set", "launch profile");

    [AppHostFact]
    public Task Http_has_to_be_allowed() =>
        AssertFailsAsync(new AppHostSettings().With("ASPIRE_ALLOW_UNSECURED_TRANSPORT", null), "is not https", "ASPIRE_ALLOW_UNSECURED_TRANSPORT=true");

    private static async Task AssertFailsAsync(AppHostSettings settings, params string[] messages)
    {
        await using var appHost = AppHostRun.Start(settings);
        await appHost.WaitForExitAsync();
        await appHost.AssertAllGoneAsync(Stopwatch.GetTimestamp());
        Assert.Equal(1, appHost.ExitCode);
        Assert.All(messages, message => Assert.Contains(message, appHost.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", appHost.Output, StringComparison.Ordinal);
    }

    private static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            // Taken is taken.
        }

        return socket;
    }
}
