// Networking events > Start and Stop events
//
//     dotnet run samples/start-stop-pairs.cs
//
// Large operations such as a request always stop. Smaller ones inside them need not: here are requests that go wrong at four places, and
// the Start events that are left alone. Code that pairs events must not wait for a Stop.

using System.Diagnostics.Tracing;
using System.Net;
using System.Net.Sockets;
using System.Text;

using var server = new TcpListener(IPAddress.Loopback, 0);
server.Start();
_ = ServeAsync();
using var listener = new PairListener();
using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}") };

Console.WriteLine("request                       outcome                  started, but never stopped");
await SendAsync("all is well", "/whole");
await SendAsync("a header that is not ASCII", "/whole", request => request.Headers.TryAddWithoutValidation("From", "Žofie"));
await SendAsync("a body that cannot be read", "/whole", request => request.Content = new BrokenContent());
await SendAsync("half of the response headers", "/half-headers");
await SendAsync("half of the response body", "/half-body");

async Task SendAsync(string name, string path, Action<HttpRequestMessage>? change = null)
{
    var events = new List<string>();
    PairListener.Events.Value = events; // Everything that happens on behalf of this request ends up in its own list.

    using var request = new HttpRequestMessage(HttpMethod.Get, path);
    change?.Invoke(request);
    var outcome = "200";
    try
    {
        using var response = await client.SendAsync(request);
    }
    catch (HttpRequestException exception)
    {
        outcome = $"fails ({exception.HttpRequestError})";
    }

    List<string> happened;
    lock (events)
    {
        happened = [.. events];
    }

    var unpaired = happened.Where(e => e.EndsWith("Start", StringComparison.Ordinal)).Distinct()
        .Where(start => happened.Count(e => e == start) > happened.Count(e => e == start[..^"Start".Length] + "Stop"));
    Console.WriteLine($"{name,-29} {outcome,-24} {string.Join(", ", unpaired.DefaultIfEmpty("-"))}");
}

// A server that does as the path says, and then hangs up.
async Task ServeAsync()
{
    while (true)
    {
        using var connection = await server.AcceptSocketAsync();
        try
        {
            var buffer = new byte[4096];
            var length = await connection.ReceiveAsync(buffer);
            var path = Encoding.ASCII.GetString(buffer, 0, length).Split(' ').ElementAtOrDefault(1);
            var response = path switch
            {
                "/whole" => "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                "/half-headers" => "HTTP/1.1 200 OK\r\nConnection: cl",
                "/half-body" => "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1000\r\n\r\nok",
                _ => "",
            };
            await connection.SendAsync(Encoding.ASCII.GetBytes(response));
            connection.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The client hung up first.
        }
    }
}

internal sealed class BrokenContent : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new IOException("There is no such file.");

    protected override bool TryComputeLength(out long length)
    {
        length = 10;
        return true;
    }
}

internal sealed class PairListener : EventListener
{
    public static AsyncLocal<List<string>?> Events { get; } = new();

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Net.Http")
        {
            EnableEvents(eventSource, EventLevel.Informational);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (Events.Value is { } events)
        {
            lock (events)
            {
                events.Add(eventData.EventName!);
            }
        }
    }
}
