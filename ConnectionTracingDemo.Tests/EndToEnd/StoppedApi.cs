using ConnectionTracingDemo.Tests.Hosting;

namespace ConnectionTracingDemo.Tests.EndToEnd;

/// <summary>Keeps the API stopped while the tests of a class run.</summary>
public sealed class StoppedApi(DemoApplication demo) : IAsyncLifetime
{
    public Task InitializeAsync() => demo.StopAsync(DemoApplication.Api);

    public Task DisposeAsync() => demo.StartAsync(DemoApplication.Api);
}
