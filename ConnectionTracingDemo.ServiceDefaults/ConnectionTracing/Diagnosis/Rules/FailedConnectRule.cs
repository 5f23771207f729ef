using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using ConnectionTracing.Model;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>
/// The system refused to look up or to connect, and says why. The table in README.md has each SocketError, also those of which this says
/// nothing.
/// </summary>
internal sealed class FailedConnectRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        foreach (var setup in request.Setups)
        {
            if (setup.Attempt.FailedPhase is { ErrorType: { } error } phase && Describe(error, request.Asked(setup, phase), setup) is { } symptom)
            {
                return symptom;
            }
        }

        // The pool may open a connection on behalf of no request; and a socket that cannot be made has no span.
        return request.Setups.Count == 0 && request.Failure is { Socket: { } code, Host: { } host } failure
            ? Describe(ErrorTypeOf(code), new Endpoint(host, failure.Port, IsProxy: !new Endpoint(host, failure.Port).Is(request.Host, request.Port)), setup: null)
            : request.Failure?.Socket == SocketError.TooManyOpenSockets ? Describe("too_many_open_sockets", Endpoint.Process, setup: null)
            : null;
    }

    /// <summary>Whether an <c>error.type</c> is one that this rule describes.</summary>
    public static bool Knows(string? error) => error is not null && Describe(error, default, setup: null) is not null;

    private static Symptom? Describe(string error, Endpoint asked, AwaitedSetup? setup) => error switch
    {
        "host_not_found" or "no_data" => new Symptom(
            asked.IsProxy ? FindingCause.ProxyNotFound : FindingCause.HostNotFound,
            $"The {(asked.IsProxy ? "proxy's name" : "host name")} has no address.",
            $"The DNS lookup of {asked.Host} ended with {error}.",
            asked.IsProxy
                ? "Check the proxy's address: HttpClientHandler.Proxy, HttpClient.DefaultProxy, or the variables HTTP_PROXY, HTTPS_PROXY, ALL_PROXY. NO_PROXY lists the hosts that need none."
                : "Check the name in the URL or in the service discovery configuration, and the DNS search domains of the machine.") { At = asked },
        "try_again" or "no_recovery" => new Symptom(
            FindingCause.DnsUnavailable,
            "No DNS server answered.",
            $"The DNS lookup of {asked.Host} ended with {error}{After(setup)}.",
            "Check the resolver of the machine or container: /etc/resolv.conf, the network, and whether the DNS server runs.") { At = asked },
        "connection_refused" => new Symptom(
            asked.IsProxy ? FindingCause.ProxyUnreachable : FindingCause.ConnectionRefused,
            asked.IsProxy ? "Nothing listens at the port of the proxy." : "Nothing listens at the port.",
            Evidence(error, setup),
            asked.IsProxy
                ? "Check that the proxy runs, and its address: HttpClientHandler.Proxy, HttpClient.DefaultProxy, or the variables HTTP_PROXY, HTTPS_PROXY, ALL_PROXY. The server was not asked."
                : "Check that the service runs, and on which port and address: one that listens on localhost refuses everybody else.") { At = asked },
        "host_unreachable" or "network_unreachable" or "host_down" or "network_down" => new Symptom(
            asked.IsProxy ? FindingCause.ProxyUnreachable : FindingCause.HostUnreachable,
            $"There is no route to the {asked.Name}.",
            Evidence(error, setup),
            $"Check the address of the {asked.Name}, the routes of this machine or container, and whether IPv6 works where the address is one.") { At = asked },
        "too_many_open_sockets" => new Symptom(
            FindingCause.OutOfSockets,
            "The process has as many sockets and files open as it may.",
            "Opening a socket ended with too_many_open_sockets.",
            "Look for clients and responses that are not disposed, limit MaxConnectionsPerServer, and raise the limit (ulimit -n, LimitNOFILE).") { At = Endpoint.Process },
        _ => null,
    };

    private static string Evidence(string error, AwaitedSetup? setup)
    {
        IReadOnlyList<SetupPhase> phases = setup?.Phases ?? [];
        var failed = phases.Count(step => step is { Kind: SetupPhaseKind.Tcp, ErrorType: not null });
        return failed > 0 ? $"{EvidenceFormat.Count(failed, "socket connect")} failed, the last with {error}." : $"The connection attempt ended with {error}.";
    }

    private static string After(AwaitedSetup? setup) =>
        setup?.Phases.LastOrDefault(step => step.Kind == SetupPhaseKind.Dns) is { Duration.Ticks: > 0 } lookup ? $" after {EvidenceFormat.Ms(lookup.Duration)}" : "";

    /// <summary>As the runtime writes it into <c>error.type</c>.</summary>
    private static string ErrorTypeOf(SocketError code) => code switch
    {
        SocketError.HostNotFound => "host_not_found",
        SocketError.NoData => "no_data",
        SocketError.TryAgain => "try_again",
        SocketError.NoRecovery => "no_recovery",
        SocketError.ConnectionRefused => "connection_refused",
        SocketError.HostUnreachable => "host_unreachable",
        SocketError.NetworkUnreachable => "network_unreachable",
        SocketError.HostDown => "host_down",
        SocketError.NetworkDown => "network_down",
        SocketError.TooManyOpenSockets => "too_many_open_sockets",
        _ => "",
    };
}
