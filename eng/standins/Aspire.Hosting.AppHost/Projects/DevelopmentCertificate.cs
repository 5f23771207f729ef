using System.Security.Cryptography.X509Certificates;

namespace Aspire.Hosting.Projects;

/// <summary>
/// Finds the ASP.NET Core development certificate that this user's .NET programs trust. Only such a certificate is handed to the projects:
/// one that clients refuse would turn every https call into a failure.
/// </summary>
internal static class DevelopmentCertificate
{
    // Marks the certificates made by `dotnet dev-certs https`.
    private const string Oid = "1.3.6.1.4.1.311.84.1.1";

    public static X509Certificate2? FindTrusted()
    {
        var trusted = Read(StoreName.Root).Select(certificate => certificate.Thumbprint).ToHashSet();
        return Read(StoreName.My)
            .Where(certificate => certificate.HasPrivateKey && IsValidNow(certificate) && trusted.Contains(certificate.Thumbprint))
            .MaxBy(certificate => certificate.NotAfter);
    }

    private static List<X509Certificate2> Read(StoreName name)
    {
        using var store = new X509Store(name, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadOnly);
        return [.. store.Certificates.Where(certificate => certificate.Extensions.Any(extension => extension.Oid?.Value == Oid))];
    }

    private static bool IsValidNow(X509Certificate2 certificate) =>
        certificate.NotBefore <= DateTime.Now && DateTime.Now <= certificate.NotAfter;
}
