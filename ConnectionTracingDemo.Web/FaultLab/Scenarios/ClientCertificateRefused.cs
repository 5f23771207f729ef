using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConnectionTracing;

namespace ConnectionTracingDemo.Web.FaultLab.Scenarios;

internal sealed class ClientCertificateRefused : FaultScenario
{
    public override string Id => "client-certificate-refused";

    public override string Title => "A client certificate that is refused";

    public override string WhatGoesWrong => "The server requires a client certificate. The client sends one, made a moment ago, and the server does not accept it.";

    public override string WhyItHappens => "The certificate has expired or been revoked, its authority is not one that the server trusts, or the server knows a list of certificates and this one is not on it.";

    public override string LookFor => "TLS succeeds and the request fails all the same: in TLS 1.3 the client is done with the handshake before the server looks at the certificate.";

    public override string WhyAnotherFinding => "It needs a TLS alert that says so. A server that only closes the connection, as .NET on Linux does, gives no reason; here OpenSSL 3 sends the alert, on Windows the system.";

    public override string ExpectedCause => FindingCause.ClientCertificateRefused;

    public override async Task RunAsync(ScenarioRun run)
    {
        var server = await run.StartServerAsync("certificate-refusing");
        using var certificate = CreateCertificate();
        var handler = server.CreateTrustingHandler();
        handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        var client = run.CreateClient(handler);

        await run.GetAsync(client, server.Url("/"));
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=A client of the fault lab of ConnectionTracingDemo", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));

        // TLS on Windows cannot use a key that was never stored.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
