using System.Globalization;
using ConnectionTracingDemo.Tests.Standalone;
using ConnectionTracingDemo.Tests.Web;

namespace ConnectionTracingDemo.Tests.Network;

/// <summary>The built Web project with a scripted service in the place of the API.</summary>
public sealed class NetworkSite : IAsyncLifetime
{
    public const string Dashboard = "https://localhost:17180";

    private RunningProgram? _program;

    internal ScriptedService Api { get; private set; } = null!;

    public Uri Url { get; private set; } = null!;

    public int ProcessId => _program!.ProcessId;

    public async Task InitializeAsync()
    {
        Api = await ScriptedService.StartAsync();
        (_program, Url) = await WebProgram.StartAsync(
            "environment=Development",
            $"DashboardUrl={Dashboard}",
            string.Create(CultureInfo.InvariantCulture, $"Services:apiservice:http:0=http://127.0.0.1:{Api.Port}"));
    }

    public async Task DisposeAsync()
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }

        await Api.DisposeAsync();
    }

    /// <summary>Ends the scripted service.</summary>
    /// <returns>Its port, to start it again.</returns>
    internal async Task<int> StopApiAsync()
    {
        var port = Api.Port;
        await Api.DisposeAsync();
        return port;
    }

    internal async Task StartApiAsync(int port) => Api = await ScriptedService.StartAsync(port);

    /// <summary>Asks it to end, as an orchestrator does.</summary>
    internal Task<int> TerminateAsync() => _program!.TerminateAsync();
}
