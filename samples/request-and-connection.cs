#:sdk Microsoft.NET.Sdk.Web

// Networking events > HttpClient request vs. connection lifetime
//
//     dotnet run samples/request-and-connection.cs
//
// A request that finds no free connection starts to open one, but takes whichever is free first. So it may be over before "its own" DNS
// lookup is. Here two requests share a slow name server:
//
//     A opens a connection, and the server keeps it waiting for its answer.
//     B finds no free connection and starts a DNS lookup for a new one, which hangs.
//     A is answered. Its connection is free, B takes it and is answered as well.
//     Only then the lookup ends.

using System.Diagnostics.Tracing;
using System.Net;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
await using var server = builder.Build();
server.Urls.Add($"http://{IPAddress.Loopback}:0");
var aArrived = new TaskCompletionSource();
var answerA = new TaskCompletionSource();
server.MapGet("/A", async () =>
{
    aArrived.SetResult();
    await answerA.Task;
    return "A";
});
server.MapGet("/B", () => "B");
await server.StartAsync();

using var listener = new LifetimeListener();
using var client = new HttpClient { BaseAddress = new Uri($"http://localhost:{new Uri(server.Urls.Single()).Port}") };

var a = SendAsync("A");
await aArrived.Task;

listener.HoldLookups();
var b = SendAsync("B");
await listener.LookupHeld;

answerA.SetResult();
await Task.WhenAll(a, b);

listener.ReleaseLookups();
await listener.LookupOver;

async Task SendAsync(string name)
{
    LifetimeListener.Request.Value = name; // Flows into the request, and into the connection that it starts to open.
    await client.GetStringAsync($"/{name}");
}

internal sealed class LifetimeListener : EventListener
{
    private readonly TaskCompletionSource _lookupHeld = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _lookupOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _mayLookUp = new(initialState: true);

    public static AsyncLocal<string?> Request { get; } = new();

    public Task LookupHeld => _lookupHeld.Task;

    public Task LookupOver => _lookupOver.Task;

    public void HoldLookups() => _mayLookUp.Reset();

    public void ReleaseLookups() => _mayLookUp.Set();

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name is "System.Net.Http" or "System.Net.NameResolution")
        {
            EnableEvents(eventSource, EventLevel.Informational);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (Request.Value is not { } request || eventData.EventName is not ("RequestStart" or "RequestStop" or "ResolutionStart" or "ResolutionStop"))
        {
            return;
        }

        var text = eventData.EventName.Replace("Resolution", "Dns", StringComparison.Ordinal);
        Console.WriteLine($"{request}: {text.Replace("St", " st", StringComparison.Ordinal)}");

        // Events run in the middle of what they tell about: never block there, unless you are playing a slow name server.
        if (eventData.EventName == "ResolutionStart" && !_mayLookUp.IsSet)
        {
            _lookupHeld.TrySetResult();
            _mayLookUp.Wait();
        }

        if (eventData.EventName == "ResolutionStop" && request == "B")
        {
            _lookupOver.TrySetResult();
        }
    }
}
