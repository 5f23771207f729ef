#:sdk Microsoft.NET.Sdk.Web
#:project ../ConnectionTracingDemo.ServiceDefaults/ConnectionTracingDemo.ServiceDefaults.csproj

// Networking tracing > Collect System.Net traces > Reuse Service Defaults project without .NET Aspire orchestration
//
//     dotnet run samples/service-defaults.cs
//
// ServiceDefaults is plain OpenTelemetry: without an AppHost it takes the address of an OTLP collector from the environment or from the
// configuration, and that is all. The collector here is a few lines that look for known names in what they are sent; yours may be the Aspire
// dashboard, Jaeger or any other.

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Logs;

var received = new ConcurrentQueue<(string Path, string Content)>();
using var collector = StartCollector(out var collectorUrl);

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development", ApplicationName = "service-defaults" });
builder.Logging.ClearProviders();
builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = collectorUrl;
builder.Configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
builder.Configuration["OTEL_SERVICE_NAME"] = "my-service";

builder.AddServiceDefaults(); // The first of two lines that make it so.

var app = builder.Build();
app.Urls.Add($"http://{IPAddress.Loopback}:0");

app.MapDefaultEndpoints(); // The second.

app.MapGet("/weather", () => "rain");
app.MapGet("/", async (IHttpClientFactory clients, HttpContext context) =>
    await clients.CreateClient().GetStringAsync($"http://localhost:{context.Connection.LocalPort}/weather"));
await app.StartAsync();

using (var visitor = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) })
{
    Console.WriteLine($"/        {await visitor.GetStringAsync("/")}");
    Console.WriteLine($"/health  {await visitor.GetStringAsync("/health")}");
    Console.WriteLine($"/alive   {await visitor.GetStringAsync("/alive")}");
}

app.Logger.LogInformation("The visitor is gone");
app.Services.GetRequiredService<LoggerProvider>().ForceFlush(); // Over http, the first logs cannot be sent once the services are going away.
await app.DisposeAsync(); // Exports what has not been sent yet.

Console.WriteLine();
foreach (var signal in received.GroupBy(message => message.Path).OrderBy(signal => signal.Key))
{
    Console.WriteLine($"The collector got {signal.Key}");
    string[] names =
    [
        "my-service", "GET /weather", "HTTP wait_for_connection", "HTTP connection_setup", "DNS lookup localhost", "socket connect",
        "http.client.request.duration", "The visitor is gone",
    ];
    foreach (var name in names.Where(name => signal.Any(message => message.Content.Contains(name, StringComparison.Ordinal))))
    {
        Console.WriteLine($"    with {name}");
    }
}

// Answers every POST with 200. Protocol buffers carry text as it is, so names can be found without decoding.
HttpListener StartCollector(out string url)
{
    using (var probe = new TcpListener(IPAddress.Loopback, 0))
    {
        probe.Start();
        url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
    }

    var listener = new HttpListener { Prefixes = { url + "/" } };
    listener.Start();
    _ = Task.Run(async () =>
    {
        while (true)
        {
            var context = await listener.GetContextAsync();
            using var body = new StreamReader(context.Request.InputStream, Encoding.Latin1);
            received.Enqueue((context.Request.Url!.AbsolutePath, await body.ReadToEndAsync()));
            context.Response.Close();
        }
    });
    return listener;
}
