#:sdk Microsoft.NET.Sdk.Web
#:project ../eng/Yarp.Telemetry.Consumption

// Networking events > Samples > Measure DNS resolutions for a given endpoint
//
//     dotnet run samples/dns-resolutions.cs
//
// Start and stop of a lookup run in the same async scope, so an async local set at the start is there at the stop: no ids to match.

using System.Net;
using System.Net.Sockets;
using Yarp.Telemetry.Consumption;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.Services.AddTelemetryConsumer(new DnsMonitor("localhost"));
await using var app = builder.Build();
app.Urls.Add($"http://{IPAddress.Loopback}:0");
app.MapGet("/get", () => "Hello");
await app.StartAsync();

using var client = new HttpClient();
var port = new Uri(app.Urls.Single()).Port;

Console.WriteLine("A request to localhost:");
await client.GetStringAsync($"http://localhost:{port}/get");

Console.WriteLine("Another one, on the same connection:");
await client.GetStringAsync($"http://localhost:{port}/get");

Console.WriteLine("One to an address, where there is nothing to look up:");
await client.GetStringAsync($"http://127.0.0.1:{port}/get");

Console.WriteLine("A lookup of another name:");
try
{
    await Dns.GetHostAddressesAsync(Dns.GetHostName());
}
catch (SocketException)
{
    // Not every machine knows its own name.
}

Console.WriteLine("A lookup of this name without HttpClient:");
await Dns.GetHostAddressesAsync("LOCALHOST");

internal sealed class DnsMonitor(string hostname) : INameResolutionTelemetryConsumer
{
    private static readonly AsyncLocal<DateTime?> StartTimestamp = new();

    public void OnResolutionStart(DateTime timestamp, string hostNameOrAddress)
    {
        if (hostNameOrAddress.Equals(hostname, StringComparison.OrdinalIgnoreCase))
        {
            StartTimestamp.Value = timestamp;
        }
    }

    public void OnResolutionStop(DateTime timestamp)
    {
        if (StartTimestamp.Value is { } start)
        {
            // The flow may go on to another lookup.
            StartTimestamp.Value = null;
            Console.WriteLine($"    DNS resolution for {hostname} took {(timestamp - start).TotalMilliseconds} ms");
        }
    }
}
