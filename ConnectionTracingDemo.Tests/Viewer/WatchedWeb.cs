using System.Net;
using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Standalone;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>A process of our own to look into: the Web project, with a weather API of the test. It knows nothing of being watched.</summary>
internal sealed class WatchedWeb : IAsyncDisposable
{
    private readonly WebApplication _api;
    private BuiltProgram? _web;

    private WatchedWeb(WebApplication api, BuiltProgram web)
    {
        _api = api;
        _web = web;
        Visitor = new Visitor(web.Url);
        ProcessId = web.ProcessId;
    }

    public Visitor Visitor { get; }

    public int ProcessId { get; }

    public static async Task<WatchedWeb> StartAsync(params string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var api = builder.Build();
        api.MapGet("/weatherforecast", () => new[] { new { date = new DateOnly(2026, 11, 21), temperatureC = 7 } });
        await api.StartAsync();

        var address = new Uri(api.Urls.Single());
        return new WatchedWeb(api, await BuiltProgram.StartWebAsync(new Uri($"http://localhost:{address.Port}"), ["environment=Production", .. settings]));
    }

    /// <summary>Ends the process without a warning.</summary>
    public async Task KillAsync()
    {
        if (_web is not null)
        {
            await _web.DisposeAsync();
            _web = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Visitor.Dispose();
        await KillAsync();
        await _api.DisposeAsync();
    }
}
