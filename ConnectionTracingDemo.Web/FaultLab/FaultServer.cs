using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace ConnectionTracingDemo.Web.FaultLab;

/// <summary>A fault server of apiservice, as its <c>POST /faults/{kind}</c> describes it.</summary>
internal sealed record FaultServer(string Id, string Scheme, int Port, IReadOnlyList<string> Addresses, string? Certificate)
{
    /// <summary>An address of this server. By number, unless a scenario wants a DNS lookup: so that lookups of other runs are not in its way.</summary>
    public Uri Url(string path, string host = "127.0.0.1") => new UriBuilder(Scheme, host, Port, path).Uri;

    /// <summary>A handler that trusts this server's certificate and no other: validated in full, against this one root.</summary>
    public SocketsHttpHandler CreateTrustingHandler()
    {
        var root = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(Certificate ?? throw new InvalidOperationException("This server has no certificate.")));
        return new SocketsHttpHandler
        {
            SslOptions =
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { root },
                    // Nobody publishes revocations of a certificate that lives for minutes.
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
    }

    public IEnumerable<IPEndPoint> EndPoints => Addresses.Select(address => new IPEndPoint(IPAddress.Parse(address), Port));
}
