#:sdk Microsoft.NET.Sdk.Web
#:project ../eng/Yarp.Telemetry.Consumption

// Networking events > Event correlation > In-process correlation
//
//     dotnet run samples/async-local.cs
//
// Which events belong to which request? Threads do not tell, async locals do: they flow down into the operation, and its events run there.
// They do not flow back up, so what goes down is an object that the events can write to.

using Yarp.Telemetry.Consumption;

Console.WriteLine("1. A value flows down, not up");
AsyncLocal<int> asyncLocal = new();
asyncLocal.Value = 1;
await WorkAsync();
Console.WriteLine($"Value after WorkAsync: {asyncLocal.Value}");

async Task WorkAsync()
{
    Console.WriteLine($"Value in WorkAsync: {asyncLocal.Value}");
    asyncLocal.Value = 2;
    Console.WriteLine($"Value in WorkAsync: {asyncLocal.Value}");
    await Task.Yield();
}

Console.WriteLine();
Console.WriteLine("2. Three requests at a time, each with an object of its own");
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.Services.AddTelemetryConsumer<Correlation>();
await using var app = builder.Build();
app.Urls.Add("http://127.0.0.1:0");

// Nobody is answered before all three have arrived: the requests overlap.
var arrived = 0;
var allArrived = new TaskCompletionSource();
app.MapGet("/{name}", async (string name) =>
{
    if (Interlocked.Increment(ref arrived) == 3)
    {
        allArrived.SetResult();
    }

    await allArrived.Task;
    return name;
});
await app.StartAsync();

using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
await Task.WhenAll(SendRequestAsync("/a"), SendRequestAsync("/b"), SendRequestAsync("/c"));

async Task SendRequestAsync(string path)
{
    // Set before the operation, so that it flows into it.
    var info = new RequestInfo();
    Correlation.Request.Value = info;

    info.StartTime = DateTime.UtcNow;
    await client.GetStringAsync(path);

    var sent = (info.HeadersSent - info.StartTime).TotalMilliseconds;
    Console.WriteLine($"{path}: its events saw {info.Path}; headers were sent after {sent:0.0} ms; {info.Events} events on {info.Threads.Count} thread(s)");
}

/// <summary>What the events of one request write to.</summary>
internal sealed class RequestInfo
{
    public string? Path { get; set; }

    public DateTime StartTime { get; set; }

    public DateTime HeadersSent { get; set; }

    public int Events { get; set; }

    public HashSet<int> Threads { get; } = [];
}

internal sealed class Correlation : IHttpTelemetryConsumer
{
    public static AsyncLocal<RequestInfo?> Request { get; } = new();

    public void OnRequestStart(DateTime timestamp, string scheme, string host, int port, string pathAndQuery, int versionMajor, int versionMinor, HttpVersionPolicy versionPolicy) =>
        Note(info => info.Path = pathAndQuery);

    public void OnRequestHeadersStop(DateTime timestamp) => Note(info => info.HeadersSent = timestamp);

    public void OnResponseHeadersStop(DateTime timestamp) => Note(_ => { });

    public void OnRequestStop(DateTime timestamp) => Note(_ => { });

    private static void Note(Action<RequestInfo> note)
    {
        // Null where the request was sent by a component that knows nothing of this.
        if (Request.Value is { } info)
        {
            info.Events++;
            info.Threads.Add(Environment.CurrentManagedThreadId);
            note(info);
        }
    }
}
