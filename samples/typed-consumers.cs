#:sdk Microsoft.NET.Sdk.Web
#:project ../eng/Yarp.Telemetry.Consumption

// Networking events > Consume events in-process > Yarp.Telemetry.Consumption
//
//     dotnet run samples/typed-consumers.cs
//
// The same events as with an EventListener, as typed methods. One class may implement any of the five interfaces, and of each only the
// methods it needs. The host creates it and starts to listen when it starts itself.

using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Yarp.Telemetry.Consumption;

using var certificate = CreateCertificate();
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
builder.Services.AddTelemetryConsumer<MyTelemetryConsumer>();

await using var server = builder.Build();
server.MapGet("/get", () => "Hello");
await server.StartAsync();

// A client that trusts this certificate and nothing else. Validation stays on.
var trust = new X509ChainPolicy
{
    TrustMode = X509ChainTrustMode.CustomRootTrust,
    CustomTrustStore = { certificate },
    RevocationMode = X509RevocationMode.NoCheck, // Nobody could be asked about it.
};
using (var client = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } }))
{
    await client.GetStringAsync($"https://localhost:{new Uri(server.Urls.Single()).Port}/get");
}

// The server's end of the request takes a moment longer; stopping waits for it.
await server.StopAsync();

static X509Certificate2 CreateCertificate()
{
    using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
    var names = new SubjectAlternativeNameBuilder();
    names.AddDnsName("localhost");
    request.CertificateExtensions.Add(names.Build());
    return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
}

/// <summary>These methods run in the middle of the request they tell about: quick work only, everything else on another thread.</summary>
internal sealed class MyTelemetryConsumer :
    IHttpTelemetryConsumer, INameResolutionTelemetryConsumer, INetSecurityTelemetryConsumer, ISocketsTelemetryConsumer, IKestrelTelemetryConsumer
{
    public void OnRequestStart(DateTime timestamp, string scheme, string host, int port, string pathAndQuery, int versionMajor, int versionMinor, HttpVersionPolicy versionPolicy) =>
        Print(timestamp, "IHttpTelemetryConsumer", $"Request to {host} started");

    public void OnResolutionStart(DateTime timestamp, string hostNameOrAddress) =>
        Print(timestamp, "INameResolutionTelemetryConsumer", $"Looking up {hostNameOrAddress}");

    public void OnConnectStart(DateTime timestamp, string address) =>
        Print(timestamp, "ISocketsTelemetryConsumer", $"Connecting over {address.Split(':')[0]}");

    public void OnConnectFailed(DateTime timestamp, SocketError error, string exceptionMessage) =>
        Print(timestamp, "ISocketsTelemetryConsumer", $"Connecting failed: {error}");

    public void OnHandshakeStart(DateTime timestamp, bool isServer, string targetHost) =>
        Print(timestamp, "INetSecurityTelemetryConsumer", isServer ? "Starting TLS handshake as a server" : $"Starting TLS handshake with {targetHost}");

    public void OnHandshakeStop(DateTime timestamp, SslProtocols protocol) =>
        Print(timestamp, "INetSecurityTelemetryConsumer", $"Agreed on {protocol}");

    // Kestrel's requests and HttpClient's have methods of the same name; the parameters tell them apart.
    public void OnRequestStart(DateTime timestamp, string connectionId, string requestId, string httpVersion, string path, string method) =>
        Print(timestamp, "IKestrelTelemetryConsumer", $"Received {method} {path} over {httpVersion}");

    public void OnResponseHeadersStop(DateTime timestamp, int statusCode) =>
        Print(timestamp, "IHttpTelemetryConsumer", $"Response headers are there: {statusCode}");

    public void OnRequestStop(DateTime timestamp) =>
        Print(timestamp, "IHttpTelemetryConsumer", "Request stopped");

    private static void Print(DateTime timestamp, string source, string text) => Console.WriteLine($"{timestamp:ss.fff} {source,-32} {text}");
}
