using ConnectionTracingDemo.ApiService.Faults.Servers;

namespace ConnectionTracingDemo.ApiService.Faults;

/// <summary>A kind of <see cref="FaultServer"/>.</summary>
/// <param name="Name">What <c>POST /faults/{kind}</c> calls it.</param>
/// <param name="Description">What it does.</param>
/// <param name="Create">Makes one, with a port but not started.</param>
internal sealed record FaultKind(string Name, string Description, Func<FaultServer> Create)
{
    /// <summary>A new fault needs one line here.</summary>
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new("http", "Nothing wrong: HTTP/1.1. /after/250ms answers after that time.", () => new HttpServer()),
        new("https", "Nothing wrong but that nobody knows its certificate: HTTP/1.1 and HTTP/2 over TLS. /after/250ms as above.", () => new HttpsServer()),
        new("closing", "TLS. Closes the connection after each answer.", () => new ClosingServer()),
        new("idle-closing", $"TLS. Closes a connection that has been idle for {IdleClosingServer.IdleTime.TotalMilliseconds} ms.", () => new IdleClosingServer()),
        new("refusing", "Refuses connections.", () => new RefusingServer()),
        new("hanging", "Lets nobody in: its backlog is full.", () => new HangingServer()),
        new("dead-first-address", "Has two addresses. The first is dead.", () => new DeadFirstAddressServer()),
        new("slow-tls", $"Begins the TLS handshake after {SlowTlsServer.Delay.TotalMilliseconds} ms.", () => new SlowTlsServer()),
        new("certificate-refusing", "TLS. Requires a client certificate and accepts none.", () => OpenSslHandshake.IsSupported ? new OpenSslRefusingServer() : new CertificateRefusingServer()),
        new("stream-limit", $"HTTP/2 without TLS, {StreamLimitServer.Streams} requests at a time. /after/250ms as above.", () => new StreamLimitServer()),
        new("slow-body", $"Answers at once and takes {SlowBodyServer.Duration.TotalMilliseconds} ms for the body.", () => new SlowBodyServer()),
        new("continue-ignoring", "Never sends 100 Continue.", () => new ContinueIgnoringServer()),
    ];
}
