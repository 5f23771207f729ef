#:sdk Microsoft.NET.Sdk.Web
#:project ../eng/Yarp.Telemetry.Consumption

// Networking events > Samples > Time to process a request in ASP.NET Core running Kestrel
//
//     dotnet run samples/kestrel-request-time.cs
//
// Kestrel's own events enclose everything that happens to a request, middleware and writing the response included: a stopwatch in a
// middleware sees less.

using System.Diagnostics;
using System.Net;
using Yarp.Telemetry.Consumption;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true).AddFilter("Microsoft", LogLevel.Warning);
builder.Services.AddTelemetryConsumer<KestrelTelemetryConsumer>();
await using var app = builder.Build();
app.Urls.Add($"http://{IPAddress.Loopback}:0");

// Something in front of the stopwatch, as an authentication middleware may be.
app.Use(async (context, next) =>
{
    await Task.Delay(50);
    await next(context);
});
app.Use(async (context, next) =>
{
    var clock = Stopwatch.StartNew();
    await next(context);
    app.Logger.LogInformation("A middleware measured {ElapsedMs} ms for {Path}", clock.Elapsed.TotalMilliseconds, context.Request.Path);
});
app.MapGet("/fast", () => "Hello");
app.MapGet("/slow", async () =>
{
    await Task.Delay(100);
    return "Hello";
});
await app.StartAsync();

using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
await client.GetStringAsync("/fast");
await client.GetStringAsync("/slow");

// A request is over for its client before it is for the server; stopping waits for it.
await app.StopAsync();

internal sealed class KestrelTelemetryConsumer(ILogger<KestrelTelemetryConsumer> logger) : IKestrelTelemetryConsumer
{
    private static readonly AsyncLocal<DateTime?> StartTimestamp = new();

    public void OnRequestStart(DateTime timestamp, string connectionId, string requestId, string httpVersion, string path, string method) =>
        StartTimestamp.Value = timestamp;

    public void OnRequestStop(DateTime timestamp, string connectionId, string requestId, string httpVersion, string path, string method)
    {
        if (StartTimestamp.Value is { } startTime)
        {
            var elapsed = timestamp - startTime;
            logger.LogInformation("Request {RequestId} to {Path} took {ElapsedMs} ms", requestId, path, elapsed.TotalMilliseconds);
        }
    }
}
