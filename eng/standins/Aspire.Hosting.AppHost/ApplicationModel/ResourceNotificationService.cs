using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Tells what state every resource is in.</summary>
public sealed class ResourceNotificationService
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceEvent> _latest = [];
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private bool _isCompleted;

    internal ResourceNotificationService()
    {
    }

    /// <summary>Waits until a resource is in a state.</summary>
    /// <param name="resourceName">The name of the resource.</param>
    /// <param name="targetState">One of <see cref="KnownResourceStates"/>; default: Running.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default)
    {
        targetState ??= KnownResourceStates.Running;
        return WaitForResourceAsync(resourceName, resourceEvent => resourceEvent.Snapshot.State?.Text == targetState, cancellationToken);
    }

    /// <summary>Waits until the state of a resource meets a condition.</summary>
    /// <param name="resourceName">The name of the resource.</param>
    /// <param name="predicate">The condition.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The first state that met it.</returns>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public async Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var resourceEvent in WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            if (string.Equals(resourceEvent.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(resourceEvent))
            {
                return resourceEvent;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new OperationCanceledException($"The application ended while '{resourceName}' was waited for.");
    }

    /// <summary>Waits until a resource runs and all its health checks pass.</summary>
    /// <param name="resourceName">The name of the resource.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The state in which it was healthy first.</returns>
    /// <exception cref="DistributedApplicationException">The resource ended instead.</exception>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default)
    {
        var resourceEvent = await WaitForResourceAsync(resourceName, IsHealthyOrEnded, cancellationToken).ConfigureAwait(false);
        return resourceEvent.Snapshot.HealthStatus == HealthStatus.Healthy
            ? resourceEvent
            : throw new DistributedApplicationException(
                $"'{resourceName}' will not become healthy: its state is {resourceEvent.Snapshot.State?.Text}, exit code {resourceEvent.Snapshot.ExitCode?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown"}.");
    }

    /// <summary>Every change from now on, after the present state of each resource. Ends with the application.</summary>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_lock)
        {
            foreach (var resourceEvent in _latest.Values)
            {
                channel.Writer.TryWrite(resourceEvent);
            }

            if (_isCompleted)
            {
                channel.Writer.Complete();
            }
            else
            {
                _watchers.Add(channel);
            }
        }

        try
        {
            await foreach (var resourceEvent in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return resourceEvent;
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(channel);
            }
        }
    }

    /// <summary>Changes the state of a resource and tells the watchers, if it did change.</summary>
    internal void Update(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> change)
    {
        lock (_lock)
        {
            var before = _latest.TryGetValue(resource.Name, out var latest) ? latest.Snapshot : new CustomResourceSnapshot();
            var after = change(before);
            if (latest is not null && before == after)
            {
                return;
            }

            var resourceEvent = _latest[resource.Name] = new ResourceEvent(resource, resourceId, after);
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(resourceEvent);
            }
        }
    }

    /// <summary>There will be no more changes: ends all waits.</summary>
    internal void Complete()
    {
        lock (_lock)
        {
            _isCompleted = true;
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryComplete();
            }
        }
    }

    private static bool IsHealthyOrEnded(ResourceEvent resourceEvent) =>
        resourceEvent.Snapshot.HealthStatus == HealthStatus.Healthy
        || KnownResourceStates.TerminalStates.Contains(resourceEvent.Snapshot.State?.Text);
}
