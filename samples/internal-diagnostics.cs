#:sdk Microsoft.NET.Sdk.Web

// Networking events > Internal diagnostics
//
//     dotnet run samples/internal-diagnostics.cs
//
// System.Net can also log its own inner workings, from event sources named Private.InternalDiagnostics.System.Net.*. They tell a lot when
// all else fails, and cost a lot. What may you rely on? Nothing: names, payloads and the sources themselves change with any update.

using System.Collections.Concurrent;
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

// A client that trusts this certificate and nothing else. Validation stays on.
var trust = new X509ChainPolicy
{
    TrustMode = X509ChainTrustMode.CustomRootTrust,
    CustomTrustStore = { certificate },
    RevocationMode = X509RevocationMode.NoCheck, // Nobody could be asked about it.
};

using var listener = new InternalListener();
using (var client = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } }))
{
    await client.GetStringAsync($"https://localhost:{new Uri(server.Urls.Single()).Port}/get");
}

await server.StopAsync();

Console.WriteLine($"One request, {listener.Events.Count} internal events:");
foreach (var source in listener.Events.GroupBy(e => e.Source).OrderByDescending(source => source.Count()))
{
    Console.WriteLine();
    Console.WriteLine($"{source.Key}: {source.Count()} events, such as");
    foreach (var (_, text) in source.DistinctBy(e => e.Text.Split(' ')[0]).Take(3))
    {
        Console.WriteLine($"    {text}");
    }
}

Console.WriteLine();
Console.WriteLine("What to rely on here: nothing. Look, find your problem, and switch it off again.");

static X509Certificate2 CreateCertificate()
{
    using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
    var names = new SubjectAlternativeNameBuilder();
    names.AddDnsName("localhost");
    request.CertificateExtensions.Add(names.Build());
    return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
}

internal sealed class InternalListener : EventListener
{
    public ConcurrentQueue<(string Source, string Text)> Events { get; } = [];

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name.StartsWith("Private.InternalDiagnostics.System.Net.", StringComparison.Ordinal))
        {
            EnableEvents(eventSource, EventLevel.LogAlways);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        var payload = string.Join(' ', eventData.Payload!.Select(value => $"{value}".ReplaceLineEndings(" ")));
        Events.Enqueue((eventData.EventSource.Name, $"{eventData.EventName} {(payload.Length > 100 ? payload[..100] + "…" : payload)}"));
    }
}
