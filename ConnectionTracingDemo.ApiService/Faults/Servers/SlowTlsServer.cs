using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>Accepts a connection and then lets the client's first message of the handshake lie.</summary>
internal sealed class SlowTlsServer : HttpsServer
{
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);

    protected override void Configure(ListenOptions listen)
    {
        // Runs before what the base class adds: the handshake.
        listen.Use(async (connection, next) =>
        {
            await Task.Delay(Delay, connection.ConnectionClosed);
            await next(connection);
        });
        base.Configure(listen);
    }
}
