#:sdk Microsoft.NET.Sdk.Web
#:project ../eng/Yarp.Telemetry.Consumption

// Networking events > Samples > Measure time-to-headers when using HttpClient
//
//     dotnet run samples/time-to-headers.cs
//
// How much of a request is the server thinking, and how much is the rest: connecting, sending, reading the body?

using System.Net;
using Yarp.Telemetry.Consumption;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.Services.AddTelemetryConsumer<TelemetryConsumer>();
await using var app = builder.Build();
app.Urls.Add($"http://{IPAddress.Loopback}:0");

// Thinks for 100 ms, then takes another 300 ms for its body.
app.MapGet("/get", async context =>
{
    await Task.Delay(100);
    await context.Response.Body.FlushAsync(); // Sends the headers.
    await Task.Delay(300);
    await context.Response.WriteAsync("Hello");
});
await app.StartAsync();

using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
await MeasureAsync("new connection");
await MeasureAsync("same connection");

async Task MeasureAsync(string name)
{
    var info = RequestState.Start(); // Sets the async local ahead of time, so that the request sees it.

    await client.GetStringAsync("/get");

    var requestTime = (info.RequestStop - info.RequestStart).TotalMilliseconds;
    var serverLatency = (info.HeadersReceived - info.HeadersSent).TotalMilliseconds;
    Console.WriteLine($"{name}: Request took {requestTime:N2} ms, server request latency was {serverLatency:N2} ms");
}

internal sealed class RequestState
{
    private static readonly AsyncLocal<RequestState?> AsyncLocal = new();

    public static RequestState? Current => AsyncLocal.Value;

    public DateTime RequestStart { get; set; }

    public DateTime HeadersSent { get; set; }

    public DateTime HeadersReceived { get; set; }

    public DateTime RequestStop { get; set; }

    public static RequestState Start() => AsyncLocal.Value = new RequestState();
}

internal sealed class TelemetryConsumer : IHttpTelemetryConsumer
{
    public void OnRequestStart(DateTime timestamp, string scheme, string host, int port, string pathAndQuery, int versionMajor, int versionMinor, HttpVersionPolicy versionPolicy) =>
        Note(state => state.RequestStart = timestamp);

    public void OnRequestHeadersStop(DateTime timestamp) => Note(state => state.HeadersSent = timestamp);

    public void OnResponseHeadersStop(DateTime timestamp) => Note(state => state.HeadersReceived = timestamp);

    public void OnRequestStop(DateTime timestamp) => Note(state => state.RequestStop = timestamp);

    // Requests of other components have no state.
    private static void Note(Action<RequestState> note)
    {
        if (RequestState.Current is { } state)
        {
            note(state);
        }
    }
}
