using ConnectionTracingDemo.Tests.ConnectionTracing.Page;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.Network;

/// <summary>The built Web project with a scripted service in the place of the API.</summary>
public sealed class NetworkSite : IAsyncLifetime
{
    public const string Dashboard = "https://localhost:17180";

    private BuiltProgram? _web;

    internal ScriptedService Api { get; private set; } = null!;

    public Uri Url => _web!.Url;

    public int ProcessId => _web!.ProcessId;

    public async ValueTask InitializeAsync()
    {
        Api = await ScriptedService.StartAsync();
        _web = await BuiltProgram.StartWebAsync(Api.Url, $"DashboardUrl={Dashboard}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
        {
            await _web.DisposeAsync();
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
}
