using System;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>The handshake failed, and the runtime says that it was for the certificate.</summary>
internal sealed class CertificateRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        foreach (var setup in request.Setups)
        {
            if (setup.Attempt is { ErrorType: not null, CertificateError: { } errors })
            {
                return new Symptom(
                    FindingCause.UntrustedCertificate,
                    errors.Contains("NameMismatch", StringComparison.Ordinal)
                        ? "The server's certificate is for another name."
                        : "The server's certificate is not trusted.",
                    $"The TLS handshake failed: {errors}.",
                    "Trust the authority that issued it on this machine (in development: dotnet dev-certs https --trust), renew it, or use the name that it is for. Do not switch validation off.");
            }
        }

        return null;
    }
}
