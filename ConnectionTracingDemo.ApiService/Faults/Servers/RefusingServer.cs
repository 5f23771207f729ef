using System.Net;

namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>Holds its port, so that nobody else opens it meanwhile, and does not listen.</summary>
internal sealed class RefusingServer : FaultServer
{
    private readonly LoopbackPort _port = LoopbackPort.Reserve();

    public override int Port => _port.Number;

    public override IReadOnlyList<IPAddress> Addresses => _port.Addresses;

    public override Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        _port.Dispose();
        return ValueTask.CompletedTask;
    }
}
