#:sdk Microsoft.NET.Sdk.Web
#:package OpenTelemetry@1.20.1
#:package OpenTelemetry.Instrumentation.Http@1.20.2

// Networking tracing > Enrichment > Enrichment API in the OpenTelemetry instrumentation library
//
//     dotnet run samples/enrichment-library.cs
//
// The runtime writes the attributes of the conventions. Whatever else you want on the span of a request comes from the message, the response
// or the exception: the package hands them to you together with the span. It can leave requests out, too.

using System.Diagnostics;
using System.Net;
using OpenTelemetry;
using OpenTelemetry.Trace;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
await using var server = builder.Build();
server.Urls.Add($"http://{IPAddress.Loopback}:0");
server.MapGet("/{path}", (HttpContext context) => context.Response.Headers["X-Cache"] = "HIT");
await server.StartAsync();

using var tracing = Sdk.CreateTracerProviderBuilder()
    .AddHttpClientInstrumentation(options =>
    {
        options.FilterHttpRequestMessage = request => request.RequestUri!.AbsolutePath != "/health";
        options.EnrichWithHttpRequestMessage = (span, request) => span.SetTag("shop.tenant", request.Headers.GetValues("X-Tenant").Single());
        options.EnrichWithHttpResponseMessage = (span, response) => span.SetTag("shop.cache", response.Headers.GetValues("X-Cache").Single());
        options.EnrichWithException = (span, exception) => span.SetTag("shop.cause", exception.InnerException?.GetType().Name);
    })
    .AddProcessor(new SimpleActivityExportProcessor(new ConsoleExporter()))
    .Build();

using var client = new HttpClient { DefaultRequestHeaders = { { "X-Tenant", "Contoso" } } };
foreach (var url in new[] { $"{server.Urls.Single()}/orders", $"{server.Urls.Single()}/health", "http://127.0.0.1:1/nobody-listens" })
{
    Console.WriteLine(new Uri(url).AbsolutePath);
    try
    {
        await client.GetStringAsync(url);
    }
    catch (HttpRequestException exception)
    {
        Console.WriteLine($"    failed: {exception.HttpRequestError}");
    }
}

internal sealed class ConsoleExporter : BaseExporter<Activity>
{
    public override ExportResult Export(in Batch<Activity> batch)
    {
        foreach (var span in batch)
        {
            Console.WriteLine($"    span {span.DisplayName}");
            foreach (var (name, value) in span.TagObjects)
            {
                Console.WriteLine($"        {(name.StartsWith("shop.", StringComparison.Ordinal) ? "ours" : "    ")} {name} = {value}");
            }
        }

        return ExportResult.Success;
    }
}
