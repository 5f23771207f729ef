// Concepts > Coordinate across process boundaries (over a channel of our own)
//
//     dotnet run samples/propagation-pipe.cs
//
// HTTP carries a trace by itself; any other channel needs a place for a few names and values, and the propagator that fills and reads it.
// Here it is a named pipe with a line of JSON per message. Both ends run in this process; the pipe does not know.

using System.Diagnostics;
using System.IO.Pipes;
using System.Text.Json;

using var source = new ActivitySource("Shop");
using var listener = new ActivityListener
{
    ShouldListenTo = candidate => candidate == source,
    Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
};
ActivitySource.AddActivityListener(listener);

var pipeName = $"shop-{Guid.NewGuid():N}";
var receiver = ReceiveAsync(); // Started before there is an activity: none flows into it but through the pipe.
await SendAsync("a book");
await receiver;

async Task SendAsync(string order)
{
    using var activity = source.StartActivity("send order", ActivityKind.Producer)!;
    activity.AddBaggage("customer", "Jo");
    activity.TraceStateString = "vendor=42";

    var message = new Message(order, []);
    DistributedContextPropagator.Current.Inject(activity, message.Headers, (carrier, name, value) => ((Dictionary<string, string>)carrier!)[name] = value);

    Console.WriteLine($"sender    {activity.OperationName}: trace {activity.TraceId}, span {activity.SpanId}");
    Console.WriteLine($"message   {JsonSerializer.Serialize(message)}");

    await using var pipe = new NamedPipeClientStream(".", pipeName, PipeDirection.Out, PipeOptions.Asynchronous);
    await pipe.ConnectAsync();
    await JsonSerializer.SerializeAsync(pipe, message);
}

async Task ReceiveAsync()
{
    await using var pipe = new NamedPipeServerStream(pipeName, PipeDirection.In, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
    await pipe.WaitForConnectionAsync();
    var message = (await JsonSerializer.DeserializeAsync<Message>(pipe))!;

    var propagator = DistributedContextPropagator.Current;
    propagator.ExtractTraceIdAndState(message.Headers, ReadHeader, out var parentId, out var traceState);
    var baggage = propagator.ExtractBaggage(message.Headers, ReadHeader);

    // What a stranger sends may be anything: without a context that can be read, the receiver begins a trace of its own.
    ActivityContext.TryParse(parentId, traceState, isRemote: true, out var parent);
    using var activity = source.StartActivity("process order", ActivityKind.Consumer, parent)!;
    foreach (var (name, value) in baggage ?? [])
    {
        activity.AddBaggage(name, value);
    }

    Console.WriteLine($"receiver  {activity.OperationName}: trace {activity.TraceId}, parent {activity.ParentSpanId}, remote {activity.HasRemoteParent}");
    Console.WriteLine($"receiver  state {activity.TraceStateString}, customer {activity.GetBaggageItem("customer")}, order {message.Order}");

    static void ReadHeader(object? carrier, string name, out string? value, out IEnumerable<string>? values)
    {
        value = ((Dictionary<string, string>)carrier!).GetValueOrDefault(name);
        values = null; // For carriers that know a name more than once.
    }
}

internal sealed record Message(string Order, Dictionary<string, string> Headers);
