using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;

namespace ConnectionTracingDemo.AppHost;

/// <summary>The certificate that ASP.NET Core serves https with on a developer's machine.</summary>
internal static class DevelopmentCertificate
{
    // Marks the certificates made by `dotnet dev-certs https`.
    private const string Oid = "1.3.6.1.4.1.311.84.1.1";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Makes a certificate and has this user's .NET programs trust it, where that takes neither root nor a question to the user: on Linux.
    /// Elsewhere that is for the user to do.
    /// </summary>
    /// <returns>Whether there is a certificate that clients trust.</returns>
    public static bool EnsureTrusted()
    {
        if (!IsTrusted() && OperatingSystem.IsLinux())
        {
            Console.WriteLine("There is no HTTPS development certificate that .NET programs of this user trust: running 'dotnet dev-certs https --trust' to make one.");
            MakeAndTrust();
        }

        return IsTrusted();
    }

    private static bool IsTrusted()
    {
        var now = DateTime.Now;
        return Find(StoreName.My).Any(certificate => certificate.HasPrivateKey && certificate.NotBefore <= now && now <= certificate.NotAfter && IsTrusted(certificate));
    }

    private static bool IsTrusted(X509Certificate2 certificate)
    {
        // On Linux a chain would be built from what this process knew before the certificate was made.
        if (OperatingSystem.IsLinux())
        {
            return Find(StoreName.Root).Any(root => root.Thumbprint == certificate.Thumbprint);
        }

        using var chain = new X509Chain { ChainPolicy = { RevocationMode = X509RevocationMode.NoCheck } };
        return chain.Build(certificate);
    }

    private static List<X509Certificate2> Find(StoreName name)
    {
        using var store = new X509Store(name, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadOnly);
        return [.. store.Certificates.Where(certificate => certificate.Extensions.Any(extension => extension.Oid?.Value == Oid))];
    }

    /// <summary>Its exit code says little (OpenSSL's own folder is a matter of its own), so the caller looks into the stores instead.</summary>
    private static void MakeAndTrust()
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        try
        {
            using var process = Process.Start(new ProcessStartInfo(dotnet, ["dev-certs", "https", "--trust"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (!process.WaitForExit(Timeout))
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Win32Exception)
        {
            // No dotnet on the PATH; the caller says what to run by hand.
        }
    }
}
