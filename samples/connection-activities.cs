#:sdk Microsoft.NET.Sdk.Web

// Networking tracing > Collect System.Net traces, and Experimental connection tracing
//
//     dotnet run samples/connection-activities.cs
//
// Two HTTPS requests, traced at the lowest level, with an ActivityListener on the sources of System.Net. The first has to wait for a
// connection; opening it is a trace of its own, with the DNS lookup, the TCP connect and the TLS handshake inside. The second finds the
// connection open, and links to it just the same.

using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using var certificate = CreateCertificate();
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
await using var server = builder.Build();
server.MapGet("/weather", () => "rain");
await server.StartAsync();

string[] sources =
[
    "System.Net.Http",
    "Experimental.System.Net.Http.Connections",
    "Experimental.System.Net.NameResolution",
    "Experimental.System.Net.Sockets",
    "Experimental.System.Net.Security",
];
var ended = new List<Activity>();
using var listener = new ActivityListener
{
    ShouldListenTo = source => sources.Contains(source.Name),
    Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
    ActivityStopped = activity =>
    {
        lock (ended)
        {
            ended.Add(activity);
        }
    },
};
ActivitySource.AddActivityListener(listener);

// A client that trusts this certificate and nothing else. Validation stays on.
var trust = new X509ChainPolicy
{
    TrustMode = X509ChainTrustMode.CustomRootTrust,
    CustomTrustStore = { certificate },
    RevocationMode = X509RevocationMode.NoCheck, // Nobody could be asked about it.
};
using (var client = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } }))
{
    var url = $"https://localhost:{new Uri(server.Urls.Single()).Port}/weather";
    await client.GetStringAsync(url);
    await client.GetStringAsync(url);
}

await server.StopAsync();

List<Activity> all;
lock (ended)
{
    all = [.. ended.OrderBy(activity => activity.StartTimeUtc)];
}

foreach (var root in all.Where(activity => activity.ParentSpanId == default))
{
    Console.WriteLine($"trace {root.TraceId}");
    Print(root, "  ");
    Console.WriteLine();
}

Console.WriteLine("On runtime 10.0.12 the client's TLS handshake ends as it begins; its true time is the rest of connection_setup.");

void Print(Activity activity, string indent)
{
    Console.WriteLine($"{indent}{activity.DisplayName}  {activity.Duration.TotalMilliseconds:0.00} ms  [{activity.Source.Name}]");
    foreach (var (name, value) in activity.TagObjects)
    {
        Console.WriteLine($"{indent}    {name} = {(value is string[] values ? string.Join(", ", values) : value)}");
    }

    foreach (var link in activity.Links)
    {
        Console.WriteLine($"{indent}    link to {all.Single(candidate => candidate.SpanId == link.Context.SpanId).DisplayName} in trace {link.Context.TraceId}");
    }

    foreach (var child in all.Where(child => child.ParentSpanId == activity.SpanId))
    {
        Print(child, indent + "  ");
    }
}

static X509Certificate2 CreateCertificate()
{
    using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
    var names = new SubjectAlternativeNameBuilder();
    names.AddDnsName("localhost");
    request.CertificateExtensions.Add(names.Build());
    return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
}
