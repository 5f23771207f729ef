#:sdk Microsoft.NET.Sdk.Web

// Networking events > Consume events in-process > EventListener
//
//     dotnet run samples/event-listener.cs
//
// One HTTPS request, heard twice: first by the document's own listener, which wants one provider, then by one that wants all six.
// The server runs in this process too, so the second part shows both ends of the connection.

using System.Diagnostics.Tracing;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using var certificate = CreateCertificate();
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
await using var server = builder.Build();
server.MapGet("/get", () => "Hello");
await server.StartAsync();
var url = $"https://localhost:{new Uri(server.Urls.Single()).Port}/get";

Console.WriteLine("1. One provider, as in the document");
using (new MyListener())
{
    // Disposing of the client closes its connection: that is the last event.
    using var client = CreateClient();
    await client.GetStringAsync(url);
}

Console.WriteLine();
Console.WriteLine("2. All six providers");
using (new AllProvidersListener())
{
    using (var client = CreateClient())
    {
        await client.GetStringAsync(url);
    }

    // The server needs a moment longer; stopping waits for it.
    await server.StopAsync();
}

// A client that trusts this certificate and nothing else. Validation stays on.
HttpClient CreateClient() => new(new SocketsHttpHandler
{
    SslOptions =
    {
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { certificate },
            RevocationMode = X509RevocationMode.NoCheck, // Nobody could be asked about it.
        },
    },
});

static X509Certificate2 CreateCertificate()
{
    using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
    var names = new SubjectAlternativeNameBuilder();
    names.AddDnsName("localhost");
    request.CertificateExtensions.Add(names.Build());
    return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
}

/// <summary>The listener of the document; the two virtual members are for the one below.</summary>
internal class MyListener : EventListener
{
    // Runs for every event source there is, and later for every new one. The first calls come from the base constructor.
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (Wants(eventSource.Name))
        {
            EnableEvents(eventSource, EventLevel.Informational);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
        Console.WriteLine($"{DateTime.UtcNow:ss:fff} {Prefix(eventData.EventSource)}{eventData.EventName}: " +
            string.Join(' ', eventData.PayloadNames!.Zip(eventData.Payload!).Select(pair => $"{pair.First}={Shorten(pair.Second)}")));

    protected virtual bool Wants(string provider) => provider == "System.Net.Http";

    protected virtual string Prefix(EventSource provider) => "";

    // Kestrel tells its whole configuration to every new listener.
    private static string? Shorten(object? value) => value?.ToString() is { Length: > 60 } text ? text[..60] + "…" : value?.ToString();
}

internal sealed class AllProvidersListener : MyListener
{
    private static readonly string[] Providers =
    [
        "System.Net.Http", "System.Net.NameResolution", "System.Net.Security", "System.Net.Sockets",
        "Microsoft.AspNetCore.Hosting", "Microsoft-AspNetCore-Server-Kestrel",
    ];

    protected override bool Wants(string provider) => Providers.Contains(provider);

    protected override string Prefix(EventSource provider) => $"{provider.Name}/";
}
