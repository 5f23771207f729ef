using System.Net;

namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>Does not answer those who want to connect.</summary>
internal sealed class HangingServer : FaultServer
{
    private readonly LoopbackPort _port = LoopbackPort.Reserve();
    private readonly FullBacklog _backlog = new();

    public override int Port => _port.Number;

    public override IReadOnlyList<IPAddress> Addresses => [LoopbackPort.AddressOf(_port.IPv4)];

    public override Task StartAsync(CancellationToken cancellationToken) => _backlog.FillAsync(_port.IPv4, cancellationToken);

    public override ValueTask DisposeAsync()
    {
        _port.Dispose();
        _backlog.Dispose();
        return ValueTask.CompletedTask;
    }
}
