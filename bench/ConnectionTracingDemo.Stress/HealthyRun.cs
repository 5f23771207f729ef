using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace ConnectionTracingDemo.Stress;

/// <summary>Requests of which none has a fault, while other threads take all the processor time they get: the diagnosis must find nothing.</summary>
internal sealed class HealthyRun(int requests, int busy, int workers, double explained)
{
    /// <summary>One in so many requests comes before the threads that are busy.</summary>
    private const int WarmUp = 20;

    private readonly Violations _violations = new();
    private int _next;

    public async Task<int> RunAsync()
    {
        using var clients = new Clients();
        await using var traced = await TracedServers.StartAsync(_violations, clients);
        using var channel = GrpcChannel.ForAddress($"https://127.0.0.1:{traced.Servers.PortOf(Transport.Http2, rough: false)}", new GrpcChannelOptions
        {
            HttpHandler = Clients.NewHandler(),
            DisposeHttpClient = true,
        });
        var echo = new Echo.EchoClient(channel);

        // The servers are in this process: until the compiler has been through, they are slow indeed.
        await RunAsync(requests / WarmUp);
        await traced.Ledger.CheckpointAsync();
        traced.Ledger.EndWarmUp();
        _next = requests / WarmUp;

        using var stop = new CancellationTokenSource();
        for (var i = 0; i < busy; i++)
        {
            new Thread(() =>
            {
                while (!stop.IsCancellationRequested)
                {
                }
            }) { IsBackground = true }.Start();
        }

        var clock = Stopwatch.StartNew();
        await RunAsync(requests);
        await traced.Ledger.CheckpointAsync();
        await stop.CancelAsync();

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{traced.Ledger.Requests} requests in {clock.Elapsed.TotalSeconds:0} s beside {busy} busy threads"));
        traced.Ledger.PrintFindings([]);
        traced.Ledger.Coverage.Print(explained, _violations);
        _violations.Print();
        Console.WriteLine($"{_violations.Count} violations");
        return _violations.Count == 0 ? 0 : 1;

        Task RunAsync(int last) => Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(last, traced.Servers, clients, echo))));
    }

    private async Task WorkAsync(int last, Servers servers, Clients clients, Echo.EchoClient echo)
    {
        var operations = Operations.Calm.Where(operation => operation.Name is "get-buffered" or "post-echo").ToList();
        var webSocket = Operations.Calm.Single(operation => operation.Name == "websocket");
        while (Interlocked.Increment(ref _next) is var id && id <= last)
        {
            var random = new Random(id);
            var kind = random.Next(10);
            try
            {
                // WebSockets are the fewest: each has a connection of its own, which is expensive.
                await (kind switch
                {
                    0 => RunAsync(webSocket, Transport.Http1),
                    1 or 2 or 3 => RunAsync(Operation.Draw(operations, random), Transport.Http1),
                    4 or 5 => RunAsync(Operation.Draw(operations, random), Transport.Http2),
                    6 or 7 => UnaryAsync(echo, id),
                    _ => DuplexAsync(echo, id),
                });
            }
            catch (Exception exception)
            {
                _violations.Add("a healthy operation failed", exception.ToString());
            }

            Task RunAsync(Operation operation, Transport transport) => operation.RunAsync(new OperationRun(operation.Name, id, transport, random, servers, clients));
        }
    }

    private static async Task UnaryAsync(Echo.EchoClient echo, int id)
    {
        var answer = await echo.UnaryAsync(new Message { Body = UnsafeByteOperations.UnsafeWrap(Payload.Of(id, 200)) });
        Payload.Check(answer.Body.Span, id, 200);
    }

    private static async Task DuplexAsync(Echo.EchoClient echo, int id)
    {
        using var call = echo.Duplex();
        for (var size = 1; size < 5; size++)
        {
            await call.RequestStream.WriteAsync(new Message { Body = UnsafeByteOperations.UnsafeWrap(Payload.Of(id, size)) });
            if (!await call.ResponseStream.MoveNext())
            {
                throw new InvalidDataException("The server sent too few messages.");
            }

            Payload.Check(call.ResponseStream.Current.Body.Span, id, size);
        }

        await call.RequestStream.CompleteAsync();
        if (await call.ResponseStream.MoveNext())
        {
            throw new InvalidDataException("The server sent too many messages.");
        }
    }
}
