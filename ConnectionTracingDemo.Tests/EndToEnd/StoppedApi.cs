using ConnectionTracingDemo.Tests.Hosting;

namespace ConnectionTracingDemo.Tests.EndToEnd;

/// <summary>Keeps the API stopped while the tests of a class run.</summary>
public sealed class StoppedApi(DemoApplication demo) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await demo.StopAsync(DemoApplication.Api);

    public async ValueTask DisposeAsync() => await demo.StartAsync(DemoApplication.Api);
}
