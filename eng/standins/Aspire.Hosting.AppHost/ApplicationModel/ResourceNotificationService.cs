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
    private readonly List<ResourceChanges> _slowWatchers = [];
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

    /// <summary>
    /// For watchers that may be slow, such as one at the other end of a connection: the present state of every resource, and then what has
    /// changed since the watcher last looked. States that came and went in between are left out. Ends with the application.
    /// </summary>
    internal async IAsyncEnumerable<IReadOnlyCollection<ResourceEvent>> WatchLatestAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changes = new ResourceChanges();
        IReadOnlyCollection<ResourceEvent> present;
        lock (_lock)
        {
            present = [.. _latest.Values];
            _slowWatchers.Add(changes);
            if (_isCompleted)
            {
                changes.Complete();
            }
        }

        try
        {
            yield return present;
            while (await changes.TakeAsync(cancellationToken).ConfigureAwait(false) is { Count: > 0 } changed)
            {
                yield return changed;
            }
        }
        finally
        {
            lock (_lock)
            {
                _slowWatchers.Remove(changes);
            }
        }
    }

    /// <summary>Tells the first state of a resource.</summary>
    internal void Add(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
    {
        lock (_lock)
        {
            Tell(new ResourceEvent(resource, resourceId, snapshot));
        }
    }

    /// <summary>Changes the state of a resource and tells the watchers, if it did change.</summary>
    internal void Update(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> change)
    {
        lock (_lock)
        {
            var latest = _latest[resource.Name];
            var after = change(latest.Snapshot);
            if (after != latest.Snapshot)
            {
                Tell(new ResourceEvent(resource, latest.ResourceId, after));
            }
        }
    }

    /// <summary>There will be no more changes: ends all waits.</summary>
    internal void Complete()
    {
        lock (_lock)
        {
            _isCompleted = true;
            _watchers.ForEach(watcher => watcher.Writer.TryComplete());
            _slowWatchers.ForEach(watcher => watcher.Complete());
        }
    }

    private void Tell(ResourceEvent resourceEvent)
    {
        _latest[resourceEvent.Resource.Name] = resourceEvent;
        _watchers.ForEach(watcher => watcher.Writer.TryWrite(resourceEvent));
        _slowWatchers.ForEach(watcher => watcher.Add(resourceEvent));
    }

    private static bool IsHealthyOrEnded(ResourceEvent resourceEvent) =>
        resourceEvent.Snapshot.HealthStatus == HealthStatus.Healthy
        || KnownResourceStates.TerminalStates.Contains(resourceEvent.Snapshot.State?.Text);
}
