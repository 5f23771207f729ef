using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace ConnectionTracingDemo.ApiService.Faults;

/// <summary>The fault servers at work. Each ends when it is told to, when its time is up, or with the host.</summary>
internal sealed class FaultServers(IOptions<FaultOptions> options, ILogger<FaultServers> logger) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, (FaultServer Server, ITimer End)> _running = new();
    private readonly SemaphoreSlim _free = new(options.Value.MaxServers);

    /// <summary>Starts a server.</summary>
    /// <returns>Null where as many are at work as <see cref="FaultOptions.MaxServers"/> allows.</returns>
    public async Task<RunningFault?> StartAsync(FaultKind kind, CancellationToken cancellationToken)
    {
        if (!_free.Wait(TimeSpan.Zero, CancellationToken.None))
        {
            return null;
        }

        FaultServer? server = null;
        try
        {
            server = kind.Create();
            await server.StartAsync(cancellationToken);
        }
        catch
        {
            await EndAsync(server);
            throw;
        }

        var id = Guid.NewGuid().ToString("N");
        var end = TimeProvider.System.CreateTimer(_ => _ = EndInTimeAsync(id), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _running[id] = (server, end);
        end.Change(options.Value.TimeLimit, Timeout.InfiniteTimeSpan);
        return RunningFault.Describe(id, kind, server, DateTimeOffset.UtcNow + options.Value.TimeLimit);
    }

    /// <summary>Ends a server.</summary>
    /// <returns>False where there is none of that id, or no more.</returns>
    public async Task<bool> StopAsync(string id)
    {
        if (!_running.TryRemove(id, out var running))
        {
            return false;
        }

        await running.End.DisposeAsync();
        await EndAsync(running.Server);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var id in _running.Keys)
        {
            await StopAsync(id);
        }
    }

    private async Task EndInTimeAsync(string id)
    {
        try
        {
            if (await StopAsync(id))
            {
                logger.LogInformation("Fault server {Id} was not stopped within {TimeLimit} and has been ended.", id, options.Value.TimeLimit);
            }
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Fault server {Id} could not be ended.", id);
        }
    }

    /// <summary>Frees its place also where it fails: a server that cannot be ended has been left to itself.</summary>
    private async Task EndAsync(FaultServer? server)
    {
        try
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
        }
        finally
        {
            _free.Release();
        }
    }
}
