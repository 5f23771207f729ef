#:sdk Microsoft.NET.Sdk.Web
#:package Yarp.ReverseProxy@2.3.0
#:project ../eng/Yarp.Telemetry.Consumption

// Networking events > Samples > Measure the latency of a .NET reverse proxy
//
//     dotnet run samples/reverse-proxy-latency.cs
//
// A proxy receives through Kestrel and sends through HttpClient. From Kestrel's RequestStart to HttpClient's RequestHeadersStop is the time
// that the proxy itself adds. Both run in one async scope, and one class may consume both.

using System.Diagnostics;
using System.Net;
using Yarp.ReverseProxy.Configuration;
using Yarp.Telemetry.Consumption;

await using var backend = CreateApp();
backend.MapGet("/{**path}", async (string path) =>
{
    await Task.Delay(100); // Not the proxy's fault, and not in its latency.
    return $"The backend says {path}";
});
await backend.StartAsync();

// The proxy is YARP. A middleware delays /slow by 50 ms.
await using var proxy = CreateApp(builder =>
{
    builder.Services.AddReverseProxy().LoadFromMemory(
        [new RouteConfig { RouteId = "all", ClusterId = "backend", Match = new RouteMatch { Path = "/{**path}" } }],
        [new ClusterConfig { ClusterId = "backend", Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = backend.Urls.Single() } } }]);
    builder.Services.AddTelemetryConsumer<InternalLatencyMonitor>();
});
proxy.MapReverseProxy(pipeline => pipeline.Use(async (context, next) =>
{
    if (context.Request.Path == "/slow")
    {
        await Task.Delay(50);
    }

    await next(context);
}));
await proxy.StartAsync();

using (var client = new HttpClient { BaseAddress = new Uri(proxy.Urls.Single()) })
{
    foreach (var path in new[] { "/first", "/second", "/slow" })
    {
        var start = Stopwatch.GetTimestamp();
        var answer = await client.GetStringAsync(path);
        Console.WriteLine($"{answer}, after {Stopwatch.GetElapsedTime(start).TotalMilliseconds} ms");
    }
}

static WebApplication CreateApp(Action<WebApplicationBuilder>? configure = null)
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Yarp", LogLevel.Warning);
    configure?.Invoke(builder);
    var app = builder.Build();
    app.Urls.Add($"http://{IPAddress.Loopback}:0");
    return app;
}

internal sealed class InternalLatencyMonitor(ILogger<InternalLatencyMonitor> logger) : IKestrelTelemetryConsumer, IHttpTelemetryConsumer
{
    private static readonly AsyncLocal<RequestInfo?> Request = new();

    public void OnRequestStart(DateTime timestamp, string connectionId, string requestId, string httpVersion, string path, string method) =>
        Request.Value = new RequestInfo(timestamp, requestId, path);

    public void OnRequestHeadersStop(DateTime timestamp)
    {
        // Null for the client of this sample, which is no part of the proxy.
        if (Request.Value is { } request)
        {
            var elapsed = (timestamp - request.StartTimestamp).TotalMilliseconds;
            logger.LogInformation("Internal latency for {RequestId} to {Path} was {Duration} ms", request.RequestId, request.Path, elapsed);
        }
    }

    private sealed record RequestInfo(DateTime StartTimestamp, string RequestId, string Path);
}
