using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.Tests;

public sealed class PortCheckTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("::")]
    public void A_port_that_somebody_listens_on_is_taken(string address)
    {
        using var other = new TcpListener(IPAddress.Parse(address), 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var exception = Assert.Throws<DistributedApplicationException>(() => PortCheck.EnsureFree(port, "'api' (applicationUrl in x)"));

        Assert.StartsWith($"Port {port} is taken; 'api' (applicationUrl in x) needs it.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_with_connections_that_have_just_ended_is_free()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, port);

            // The side that closes first keeps the connection's port for a minute, so that stray packets find nobody else.
            (await other.AcceptTcpClientAsync()).Dispose();
        }

        other.Stop();

        PortCheck.EnsureFree(port, "this test");
    }

    [Fact]
    public void A_port_that_DCP_chooses_is_free() => PortCheck.EnsureFree(0, "this test");
}
