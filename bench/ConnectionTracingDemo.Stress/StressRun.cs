using System.Diagnostics;
using System.Globalization;

namespace ConnectionTracingDemo.Stress;

/// <summary>Random operations for a while, with checkpoints at which nothing is under way.</summary>
internal sealed class StressRun(TimeSpan duration, int workers, int seed, IReadOnlyList<Operation> operations, IReadOnlyList<Transport> transports, double explained) : IDisposable
{
    // A machine that does other things is slow at times; operations that hang are a failure nevertheless.
    private static readonly TimeSpan Hanging = TimeSpan.FromMinutes(2);

    private const double WarmUp = 0.2;

    private readonly Violations _violations = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    // Whoever runs an operation has one; a checkpoint takes all.
    private readonly SemaphoreSlim _permits = new(workers);

    private long _operations;

    public async Task<int> RunAsync()
    {
        // Some operations block a thread, and the servers need some as well: without these the pool starves.
        ThreadPool.SetMinThreads(8 * workers, 8 * workers);

        using var clients = new Clients();
        await using var traced = await TracedServers.StartAsync(_violations, clients);
        var heap = new HeapWatch();
        var running = Enumerable.Range(0, workers).Select(worker => Task.Run(() => WorkAsync(worker, traced.Servers, clients))).ToList();

        // At least twelve checkpoints, of which seven count for the memory.
        var interval = TimeSpan.FromSeconds(Math.Min(15, duration.TotalSeconds / 12));
        var hung = false;
        for (var next = interval; next <= duration && !hung; next += interval)
        {
            await Task.Delay(next > _clock.Elapsed ? next - _clock.Elapsed : TimeSpan.Zero);
            hung = !await PauseAsync();
            if (hung)
            {
                _violations.Add("an operation hangs", $"after {Hanging}");
                break;
            }

            await traced.Ledger.CheckpointAsync();
            if (next <= WarmUp * duration)
            {
                traced.Ledger.EndWarmUp();
            }

            var bytes = heap.Measure(_clock.Elapsed);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{_clock.Elapsed.TotalSeconds,5:0} s: {_operations} operations, {traced.Ledger.Requests} requests, heap {bytes / 1e6:0.0} MB after a full collection, {_violations.Count} violations"));
            if (next + interval <= duration)
            {
                _permits.Release(workers);
            }
        }

        // Workers end when they are let go on.
        _permits.Release(workers);
        if (!hung)
        {
            await Task.WhenAll(running);
        }

        traced.Ledger.PrintFindings(RoughOperations.Provoked);
        traced.Ledger.Coverage.Print(explained, _violations);
        heap.Print(duration, _violations);
        _violations.Print();
        Console.WriteLine($"{_operations} operations, {traced.Ledger.Requests} requests, {_violations.Count} violations; --seed {seed}");
        return _violations.Count == 0 ? 0 : 1;
    }

    public void Dispose() => _permits.Dispose();

    private async Task<bool> PauseAsync()
    {
        for (var i = 0; i < workers; i++)
        {
            if (!await _permits.WaitAsync(Hanging))
            {
                return false;
            }
        }

        return true;
    }

    private async Task WorkAsync(int worker, Servers servers, Clients clients)
    {
        for (var number = 0; _clock.Elapsed < duration; number++)
        {
            await _permits.WaitAsync();
            try
            {
                if (_clock.Elapsed < duration)
                {
                    await OperateAsync(worker * 100_000_000L + number, servers, clients);
                }
            }
            finally
            {
                _permits.Release();
            }
        }
    }

    private async Task OperateAsync(long id, Servers servers, Clients clients)
    {
        var random = new Random(HashOf(id));
        var transport = transports[random.Next(transports.Count)];
        var possible = operations.Where(operation => operation.Over?.Contains(transport) ?? true).ToList();
        if (possible.Count == 0)
        {
            return;
        }

        var operation = Operation.Draw(possible, random);
        Interlocked.Increment(ref _operations);
        try
        {
            await operation.RunAsync(new OperationRun(operation.Name, id, transport, random, servers, clients));
        }
        catch (Exception exception)
        {
            _violations.Add($"operation {operation.Name} over {transport} failed", $"#{id}: {exception}");
        }
    }

    /// <summary>Not HashCode, which is another one in each process.</summary>
    private int HashOf(long id) => unchecked((int)((ulong)(id + 1) * 0x9E3779B97F4A7C15 >> 33)) ^ seed;
}
