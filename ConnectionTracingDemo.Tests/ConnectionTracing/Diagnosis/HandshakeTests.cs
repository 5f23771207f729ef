using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using ConnectionTracing;
using ConnectionTracing.Runtime;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Diagnosis;

/// <summary>Handshakes that fail for another reason than the server's certificate; and connections that are closed just after.</summary>
[Collection(NetworkSources.Name)]
public sealed class HandshakeTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12, SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls13, SslProtocols.Tls12)]
    public async Task Client_and_server_without_a_common_version(SslProtocols client, SslProtocols server)
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var listener = new RawServer(async (stream, stop) =>
        {
            await using var ssl = new SslStream(stream);
            await Assert.ThrowsAnyAsync<Exception>(() => ssl.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = TestServer.Certificate.Value, EnabledSslProtocols = server }, stop));
        });
        using var handler = TestServer.NewTrustingHandler();
        handler.SslOptions.EnabledSslProtocols = client;
        using var http = new HttpClient(handler);

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync($"https://localhost:{listener.Port}/"));

        await host.AssertOnly(FindingCause.TlsVersionMismatch, listener.Port);
    }

    [Fact]
    public async Task Server_that_does_not_speak_TLS()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"https://localhost:{server.Port}/"));

        await host.AssertOnly(FindingCause.PlaintextOnTlsPort, server.Port);
    }

    [Fact]
    public async Task Server_that_closes_during_the_handshake()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = new RawServer(async (stream, stop) => await stream.ReadAtLeastAsync(new byte[64 * 1024], 100, cancellationToken: stop));
        using var client = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"https://localhost:{server.Port}/"));

        await host.AssertOnly(FindingCause.ClosedWithoutAnswer, server.Port);
    }

    [Fact]
    public async Task Server_that_closes_each_new_connection_without_an_answer()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = new RawServer(async (stream, stop) => await RawServer.ReadRequest(stream, stop));
        using var client = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://localhost:{server.Port}/"));

        await host.AssertOnly(FindingCause.ClosedWithoutAnswer, server.Port);
    }

    [Fact]
    public async Task Connection_that_is_closed_once_is_no_finding()
    {
        await using var host = await DiagnosedHost.StartAsync();
        var connections = 0;
        await using var server = new RawServer(async (stream, stop) =>
        {
            await RawServer.ReadRequest(stream, stop);
            if (Interlocked.Increment(ref connections) > 1)
            {
                await RawServer.Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", stop);
            }
        });
        using var client = new HttpClient();

        await client.GetStringAsync($"http://localhost:{server.Port}/");

        Assert.Empty(host.Findings());
    }

    // Codes of OpenSSL 3 and, the last, 1.1: https://docs.openssl.org/master/man3/ERR_GET_LIB/.
    [Theory]
    [InlineData(0x0A00045C, true, "ClientCertificateMissing")]
    [InlineData(0x0A00045C, false, "ClientCertificateMissing")]
    [InlineData(0x0A000412, true, "ClientCertificateRefused")]
    [InlineData(0x0A000415, false, "ClientCertificateRefused")]
    [InlineData(0x0A000418, true, "ClientCertificateRefused")]
    [InlineData(0x0A000410, false, "ClientCertificateRefused")]
    [InlineData(0x0A000410, true, null)]
    [InlineData(0x0A00042E, true, "NoCommonVersion")]
    [InlineData(0x0A000102, true, "NoCommonVersion")]
    [InlineData(0x0A0000BF, true, "NoCommonVersion")]
    [InlineData(0x0A00010B, true, "NotTls")]
    [InlineData(0x0A000438, true, null)]
    [InlineData(0x14094412, true, "ClientCertificateRefused")]
    public void Alert_of_the_server_says_why(int code, bool duringHandshake, string? expected)
    {
        var inner = new AuthenticationException("Authentication failed, see inner exception.", new CryptographicException(code));
        var failure = RequestFailure.Of(new HttpRequestException(duringHandshake ? HttpRequestError.SecureConnectionError : HttpRequestError.Unknown, "failed", inner));

        Assert.Equal(expected, failure?.Handshake?.ToString());
    }

    [Theory]
    [InlineData("Connection refused (localhost:5000)", "localhost", 5000)]
    [InlineData("No route to host ([2001:db8::1]:81)", "2001:db8::1", 81)]
    [InlineData("a message (of another kind)", null, null)]
    [InlineData("the port is too large (localhost:99999999999)", null, null)]
    public void Endpoint_is_read_from_the_end_of_the_message(string message, string? host, int? port)
    {
        var failure = RequestFailure.Of(new HttpRequestException(HttpRequestError.ConnectionError, message));

        Assert.Equal((host, port), (failure!.Host, failure.Port));
    }

    [Fact]
    public void Credentials_of_a_proxy_are_not_read()
    {
        var failure = RequestFailure.Of(new HttpRequestException(
            HttpRequestError.ProxyTunnelError, "The proxy tunnel request to proxy 'http://user:secret@proxy.test:3128/' failed with status code '407'.", null, HttpStatusCode.ProxyAuthenticationRequired));

        Assert.Equal(("proxy.test", 3128, HttpStatusCode.ProxyAuthenticationRequired), (failure!.Host, failure.Port, failure.Status));
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }
}
