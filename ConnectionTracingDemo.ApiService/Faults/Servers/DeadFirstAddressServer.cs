using System.Net;
using System.Net.Sockets;

namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>
/// Listens on 127.0.0.1. The address before that does not answer: ::1 or, on a machine without IPv6, 127.0.0.2.
/// </summary>
internal sealed class DeadFirstAddressServer : HttpFaultServer
{
    // Most systems take all of 127.0.0.0/8 for loopback.
    private static readonly IPAddress OtherLoopback = new([127, 0, 0, 2]);

    private readonly FullBacklog _backlog = new();
    private Socket? _other;

    public override IReadOnlyList<IPAddress> Addresses => [LoopbackPort.AddressOf(Dead), IPAddress.Loopback];

    protected override IReadOnlyList<IPAddress> ListenAddresses => [IPAddress.Loopback];

    private Socket Dead => IPv6 ?? (_other ??= LoopbackPort.Bind(OtherLoopback, Port));

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await _backlog.FillAsync(Dead, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _other?.Dispose();
        _backlog.Dispose();
    }
}
