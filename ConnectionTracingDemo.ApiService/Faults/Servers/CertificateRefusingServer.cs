using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>
/// Requires a client certificate and accepts none. On Linux, where .NET closes the connection without a TLS alert and no client could
/// tell why, <see cref="OpenSslRefusingServer"/> does it as other servers do.
/// </summary>
internal sealed class CertificateRefusingServer : HttpsServer
{
    protected override void Configure(ListenOptions listen)
    {
        listen.Protocols = Protocols;
        listen.UseHttps(Certificate, https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (_, _, _) => false;
        });
    }
}
