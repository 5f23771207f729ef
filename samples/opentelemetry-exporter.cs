#:sdk Microsoft.NET.Sdk.Web
#:package OpenTelemetry@1.20.1

// Networking tracing > Collect System.Net traces (with OpenTelemetry)
//
//     dotnet run samples/opentelemetry-exporter.cs
//
// The same activities through the OpenTelemetry SDK: it listens to the sources, samples, and hands every span to an exporter. Exporters to
// real systems are packages; this one is a class of our own and writes to the console.

using System.Diagnostics;
using System.Net;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
await using var server = builder.Build();
server.Urls.Add($"http://{IPAddress.Loopback}:0");
server.MapGet("/weather", () => "rain");
await server.StartAsync();

using (Sdk.CreateTracerProviderBuilder()
    .ConfigureResource(resource => resource.AddService("my-service"))
    .AddSource("System.Net.Http") // .NET 9 and later write the attributes themselves: no instrumentation package is needed.
    .AddSource("Experimental.System.Net.*") // What it takes to open a connection.
    .AddProcessor(new BatchActivityExportProcessor(new ConsoleExporter()))
    .Build())
using (var client = new HttpClient())
{
    var port = new Uri(server.Urls.Single()).Port;
    await client.GetStringAsync($"http://localhost:{port}/weather?city=secret");

    using var missing = await client.GetAsync($"http://localhost:{port}/nowhere");

    // Nothing listens on port 1.
    try
    {
        await client.GetStringAsync("http://127.0.0.1:1/");
    }
    catch (HttpRequestException)
    {
    }

    // Disposing of the provider exports what is still in the batch.
}

internal sealed class ConsoleExporter : BaseExporter<Activity>
{
    public override ExportResult Export(in Batch<Activity> batch)
    {
        var service = ParentProvider.GetResource().Attributes.Single(attribute => attribute.Key == "service.name").Value;
        Console.WriteLine($"A batch of {batch.Count} spans from {service}");

        foreach (var span in batch)
        {
            var status = span.Status == ActivityStatusCode.Error ? "  ERROR" : "";
            Console.WriteLine($"    {span.TraceId.ToHexString()[..8]} {span.DisplayName,-42} {span.Duration.TotalMilliseconds,8:0.00} ms{status}");
            Console.WriteLine($"             {string.Join("  ", span.TagObjects.Select(tag => $"{tag.Key}={(tag.Value is string[] values ? string.Join(',', values) : tag.Value)}"))}");
        }

        return ExportResult.Success;
    }
}
