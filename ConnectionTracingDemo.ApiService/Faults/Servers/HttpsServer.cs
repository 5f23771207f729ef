using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>Speaks TLS, and HTTP/1.1 or HTTP/2, whichever the client asks for.</summary>
internal class HttpsServer : HttpFaultServer
{
    public sealed override string Scheme => Uri.UriSchemeHttps;

    public sealed override X509Certificate2 Certificate { get; } = SelfSignedCertificate.Create();

    protected override HttpProtocols Protocols => HttpProtocols.Http1AndHttp2;

    protected override void Configure(ListenOptions listen)
    {
        base.Configure(listen);
        listen.UseHttps(Certificate);
    }
}
