using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>Requires a client certificate and accepts none.</summary>
internal sealed class CertificateRefusingServer : HttpsServer
{
    protected override void Configure(ListenOptions listen)
    {
        listen.Protocols = Protocols;
        listen.UseHttps(Certificate, https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (_, _, _) => false;

            // With TLS 1.3 the refusal reaches the client after its own handshake has succeeded.
            https.SslProtocols = SslProtocols.Tls13;
        });
    }
}
