#:sdk Microsoft.NET.Sdk.Web

// Concepts > Coordinate across process boundaries (over HTTP)
//
//     dotnet run samples/propagation-http.cs
//
// HttpClient writes the current activity into the headers of a request, ASP.NET Core reads it from there and goes on with the trace. Neither
// side has a line of code for it.

using System.Diagnostics;
using System.Net;

// Activities are there for those who listen.
using var listener = new ActivityListener
{
    ShouldListenTo = source => source.Name is "System.Net.Http" or "Microsoft.AspNetCore",
    Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
    SampleUsingParentId = (ref _) => ActivitySamplingResult.AllDataAndRecorded, // Asked where the parent's id is hierarchical.
};
ActivitySource.AddActivityListener(listener);

Console.WriteLine("1. W3C: traceparent, tracestate and baggage");
await using (var server = await StartServerAsync())
{
    using var activity = new Activity("buy a book").Start();
    activity.TraceStateString = "vendor=42";
    activity.AddBaggage("customer", "Jo");
    Console.WriteLine($"   client   trace {activity.TraceId}");
    await SendAsync(server);
}

Activity.DefaultIdFormat = ActivityIdFormat.Hierarchical;

Console.WriteLine();
Console.WriteLine("2. Hierarchical ids with the default propagator, which speaks W3C only");
await using (var server = await StartServerAsync())
{
    using var activity = new Activity("buy a book").Start();
    activity.AddBaggage("customer", "Jo");
    Console.WriteLine($"   client   id {activity.Id}");
    await SendAsync(server);
}

// The propagator of .NET 9 and before. A server takes it from its services, a handler when it is made.
DistributedContextPropagator.Current = DistributedContextPropagator.CreatePreW3CPropagator();

Console.WriteLine();
Console.WriteLine("3. Hierarchical ids with the older propagator: Request-Id and Correlation-Context");
await using (var server = await StartServerAsync())
{
    using var activity = new Activity("buy a book").Start();
    activity.AddBaggage("customer", "Jo");
    Console.WriteLine($"   client   id {activity.Id}");
    await SendAsync(server);
}

static async Task SendAsync(WebApplication server)
{
    using var client = new HttpClient();
    Console.Write(await client.GetStringAsync(server.Urls.Single()));
}

// Tells the client what arrived.
static async Task<WebApplication> StartServerAsync()
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    var app = builder.Build();
    app.Urls.Add($"http://{IPAddress.Loopback}:0");
    app.MapGet("/", (HttpContext context) =>
    {
        string[] contextHeaders = ["traceparent", "tracestate", "baggage", "Request-Id", "Correlation-Context"];
        var headers = contextHeaders.Where(context.Request.Headers.ContainsKey).Select(name => $"   header   {name}: {context.Request.Headers[name]}");
        var activity = Activity.Current!;
        string[] lines =
        [
            .. headers.DefaultIfEmpty("   header   none"),
            activity.IdFormat == ActivityIdFormat.W3C ? $"   server   trace {activity.TraceId}" : $"   server   id {activity.Id}",
            $"   server   parent {activity.ParentId ?? "none"}, state {activity.TraceStateString ?? "none"}, customer {activity.GetBaggageItem("customer") ?? "none"}",
        ];
        return string.Join('\n', lines) + "\n";
    });
    await app.StartAsync();
    return app;
}
