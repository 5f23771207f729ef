#:sdk Microsoft.NET.Sdk.Web

// Networking tracing > Enrichment > Manual enrichment
//
//     dotnet run samples/enrichment-manual.cs
//
// The same without a package. HttpClient announces each request on a DiagnosticListener, with the message, while the activity of the request
// is the current one and not yet over. The names are those of the runtime, and the payloads have no public type.

using System.Diagnostics;
using System.Net;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
await using var server = builder.Build();
server.Urls.Add($"http://{IPAddress.Loopback}:0");
server.MapGet("/{path}", (HttpContext context) => context.Response.Headers["X-Cache"] = "HIT");
await server.StartAsync();

// Somebody has to want the activities; here it also prints them.
using var listener = new ActivityListener
{
    ShouldListenTo = source => source.Name == "System.Net.Http",
    Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
    ActivityStopped = Print,
};
ActivitySource.AddActivityListener(listener);

using var enrichment = DiagnosticListener.AllListeners.Subscribe(new Enrichment());

using var client = new HttpClient { DefaultRequestHeaders = { { "X-Tenant", "Contoso" } } };
foreach (var url in new[] { $"{server.Urls.Single()}/orders", "http://127.0.0.1:1/nobody-listens" })
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

static void Print(Activity activity)
{
    Console.WriteLine($"    span {activity.DisplayName}");
    foreach (var (name, value) in activity.TagObjects)
    {
        Console.WriteLine($"        {(name.StartsWith("shop.", StringComparison.Ordinal) ? "ours" : "    ")} {name} = {value}");
    }
}

internal sealed class Enrichment : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private const string Started = "System.Net.Http.HttpRequestOut.Start";
    private const string Stopped = "System.Net.Http.HttpRequestOut.Stop";
    private const string Failed = "System.Net.Http.Exception";

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "HttpHandlerDiagnosticListener")
        {
            // Only what is needed. Asking for "System.Net.Http.HttpRequestOut" as well would override the sampler.
            value.Subscribe(this, name => name is Started or Stopped or Failed);
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        // An exception here would fail the request; check everything that may be missing.
        if (Activity.Current is not { IsAllDataRequested: true } activity)
        {
            return;
        }

        if (value.Key == Started && Property<HttpRequestMessage>(value.Value, "Request") is { } request && request.Headers.TryGetValues("X-Tenant", out var tenant))
        {
            activity.SetTag("shop.tenant", tenant.First());
        }

        if (value.Key == Stopped && Property<HttpResponseMessage>(value.Value, "Response") is { } response && response.Headers.TryGetValues("X-Cache", out var cache))
        {
            activity.SetTag("shop.cache", cache.First());
        }

        if (value.Key == Failed && Property<Exception>(value.Value, "Exception") is { } exception)
        {
            activity.SetTag("shop.cause", exception.InnerException?.GetType().Name);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private static T? Property<T>(object? payload, string name) where T : class => payload?.GetType().GetProperty(name)?.GetValue(payload) as T;
}
