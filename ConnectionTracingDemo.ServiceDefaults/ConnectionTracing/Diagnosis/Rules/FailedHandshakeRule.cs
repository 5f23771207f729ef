using System;
using System.Linq;
using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>TLS could not be agreed on, and the runtime or the server's alert says why. README.md has the table.</summary>
internal sealed class FailedHandshakeRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        if (request.Failure is not { Handshake: { } handshake } failure)
        {
            return null;
        }

        // With the proxy first, where it is asked over TLS.
        Endpoint? asked = request.Setups.LastOrDefault(setup => setup.Attempt.FailedPhase is { Kind: SetupPhaseKind.Tls }) is { } setup
            ? request.Asked(setup, setup.Attempt.FailedPhase!.Value)
            : null;
        var name = asked?.Name ?? "server";

        return handshake switch
        {
            HandshakeFailure.UntrustedCertificate => new Symptom(
                FindingCause.UntrustedCertificate,
                failure.CertificateErrors!.Contains("NameMismatch", StringComparison.Ordinal) ? $"The {name}'s certificate is for another name." : $"The {name}'s certificate is not trusted.",
                $"The TLS handshake failed: {failure.CertificateErrors}.",
                "Trust the authority that issued it on this machine (in development: dotnet dev-certs https --trust), renew it, or use the name that it is for. Do not switch validation off.") { At = asked },
            HandshakeFailure.ClientCertificateMissing => new Symptom(
                FindingCause.ClientCertificateMissing,
                $"The {name} requires a client certificate.",
                "It ended the handshake with the alert certificate_required.",
                "Add the certificate, with its private key, to SslOptions.ClientCertificates of the SocketsHttpHandler.") { At = asked },
            HandshakeFailure.ClientCertificateRefused => new Symptom(
                FindingCause.ClientCertificateRefused,
                $"The {name} does not accept the client certificate.",
                "It ended the handshake with an alert about the certificate that it had asked for.",
                $"Check which authorities the {name} trusts, and whether the certificate has expired, is meant for client authentication, and comes with its intermediates. None at all is refused like this, too.") { At = asked },
            HandshakeFailure.NoCommonVersion => new Symptom(
                FindingCause.TlsVersionMismatch,
                $"Client and {name} have no TLS version in common.",
                "The handshake ended with protocol_version, or the version is switched off on this side.",
                $"Let SslOptions.EnabledSslProtocols be None, so that the system chooses, and allow TLS 1.2 or 1.3 on the {name}.") { At = asked },
            HandshakeFailure.NotTls => new Symptom(
                FindingCause.PlaintextOnTlsPort,
                $"The {name} does not speak TLS at that port.",
                "The first bytes that it sent are no TLS record.",
                "Use http instead of https in the URL, or the port that the service has for https.") { At = asked },
            _ => new Symptom(
                FindingCause.ClosedWithoutAnswer,
                $"The {name} closes the connection during the TLS handshake.",
                "The connection ended before the handshake did, without an alert.",
                ClosedWithoutAnswerRule.Suggestion) { At = asked },
        };
    }
}
