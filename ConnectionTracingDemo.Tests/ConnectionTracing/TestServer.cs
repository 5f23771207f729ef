using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>
/// A real server on a free port. <c>/gate/…</c> answers when the test opens the gate, <c>/close/…</c> closes the connection after
/// its answer, <c>/redirect/x</c> leads to <c>/x</c>, <c>/early/…</c> answers when the test opens the gate and does not wait for the body; everything
/// else says hello, also to a call of gRPC.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SemaphoreSlim _gate = new(0);
    private readonly SemaphoreSlim _arrived = new(0);

    private TestServer(HttpProtocols protocols, bool https, int? maxStreams)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = maxStreams ?? kestrel.Limits.Http2.MaxStreamsPerConnection;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                if (https)
                {
                    listen.UseHttps(Certificate.Value);
                }
            });
        });

        _app = builder.Build();
        _app.Run(Answer);
    }

    /// <summary>A certificate that nobody trusts.</summary>
    public static Lazy<X509Certificate2> Certificate { get; } = new(() =>
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    });

    public Uri Address { get; private set; } = null!;

    public int Port => Address.Port;

    public static async Task<TestServer> StartAsync(HttpProtocols protocols = HttpProtocols.Http1, bool https = false, int? maxStreams = null)
    {
        var server = new TestServer(protocols, https, maxStreams);
        await server._app.StartAsync();
        var address = new Uri(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        server.Address = new UriBuilder(address) { Host = "localhost" }.Uri;
        return server;
    }

    /// <summary>Trusts this server's certificate and no other.</summary>
    public static SocketsHttpHandler NewTrustingHandler() => new()
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == Certificate.Value.Thumbprint },
    };

    public Uri Url(string path) => new(Address, path);

    /// <summary>Lets requests to <c>/gate</c> through.</summary>
    public void Open(int requests = 1) => _gate.Release(requests);

    /// <summary>Waits until a request to <c>/gate</c> has arrived.</summary>
    public async Task Arrival() => Assert.True(await _arrived.WaitAsync(TimeSpan.FromSeconds(30)), "No request arrived.");

    public async ValueTask DisposeAsync()
    {
        _gate.Release(1000);
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task Answer(HttpContext context)
    {
        var path = context.Request.Path;

        if (path.StartsWithSegments("/gate"))
        {
            _arrived.Release();
            await _gate.WaitAsync(context.RequestAborted);
        }
        else if (path.StartsWithSegments("/early"))
        {
            _arrived.Release();
            await _gate.WaitAsync(context.RequestAborted);
            await context.Response.Body.FlushAsync();
        }
        else if (path.StartsWithSegments("/redirect", out var target))
        {
            context.Response.Redirect(target);
            return;
        }
        else if (path.StartsWithSegments("/close"))
        {
            context.Response.Headers.Connection = "close";
        }

        await context.Request.Body.CopyToAsync(Stream.Null);
        if (context.Request.ContentType == "application/grpc")
        {
            // A message: not compressed, and how long it is.
            context.Response.ContentType = context.Request.ContentType;
            await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 5 });
            context.Response.AppendTrailer("grpc-status", "0");
        }

        await context.Response.WriteAsync("hello");
    }
}
