using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Http;
using ConnectionTracing.Model;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>The proxy was reached, and did not let the request pass, or was slow to. The server has not been asked.</summary>
internal sealed class ProxyRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        if (request.Status == (int)HttpStatusCode.ProxyAuthenticationRequired && request.ProxyOf(request.Connection) is { } proxy)
        {
            return AuthenticationRequired(proxy);
        }

        foreach (var setup in request.Setups)
        {
            var step = setup.Phases.LastOrDefault(phase => phase.Kind is SetupPhaseKind.Tunnel or SetupPhaseKind.Other);
            if (step.Duration == TimeSpan.Zero && request.Failure?.Error != HttpRequestError.ProxyTunnelError)
            {
                continue;
            }

            var asked = request.Asked(setup, step);
            if (request.Failure is { Error: HttpRequestError.ProxyTunnelError } failure)
            {
                return failure.Status == HttpStatusCode.ProxyAuthenticationRequired ? AuthenticationRequired(asked) : new Symptom(
                    FindingCause.ProxyTunnelRefused,
                    "The proxy did not open a tunnel to the server.",
                    failure.Status is { } status ? string.Create(CultureInfo.InvariantCulture, $"It answered CONNECT with status {(int)status}.") : "It ended the connection, or answered with an error of its protocol.",
                    "Look at the proxy's log: whether it may connect to that host and port, and can reach it.") { At = asked };
            }

            if (asked.IsProxy && step.Duration >= options.SlowTunnel && request.Proven(step.Start, step.Duration) >= options.SlowTunnel)
            {
                return new Symptom(
                    FindingCause.SlowProxyTunnel,
                    "The proxy is slow to open a tunnel.",
                    $"It took {EvidenceFormat.Ms(step.Duration)}{(step.Completed ? "" : " and was then given up")}; the threshold is {EvidenceFormat.Ms(options.SlowTunnel)}.",
                    "Look at the proxy: it looks up the server's name and connects to it before it answers. Keep connections longer (PooledConnectionLifetime, PooledConnectionIdleTimeout), so that fewer tunnels are needed.") { At = asked };
            }
        }

        return null;
    }

    private static Symptom AuthenticationRequired(Endpoint proxy) => new(
        FindingCause.ProxyAuthenticationRequired,
        "The proxy asks for credentials.",
        "It answered with status 407.",
        "Set the credentials of the proxy: WebProxy.Credentials, HttpClientHandler.DefaultProxyCredentials, or user and password in the variables HTTP_PROXY and HTTPS_PROXY.") { At = proxy };
}
