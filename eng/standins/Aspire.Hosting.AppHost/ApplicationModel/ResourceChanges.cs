namespace Aspire.Hosting.ApplicationModel;

/// <summary>What one watcher has not been told yet: the latest state of each resource at most, so that a slow watcher takes no more room than a quick one.</summary>
internal sealed class ResourceChanges
{
    private readonly Lock _lock = new();
    private Dictionary<string, ResourceEvent> _pending = [];
    private TaskCompletionSource _news = NewSource();
    private bool _isCompleted;

    public void Add(ResourceEvent resourceEvent)
    {
        lock (_lock)
        {
            _pending[resourceEvent.Resource.Name] = resourceEvent;
            _news.TrySetResult();
        }
    }

    /// <summary>There will be no more.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isCompleted = true;
            _news.TrySetResult();
        }
    }

    /// <summary>Waits for changes and takes them all. One at a time.</summary>
    /// <returns>None where there will be no more.</returns>
    public async Task<IReadOnlyCollection<ResourceEvent>> TakeAsync(CancellationToken cancellationToken)
    {
        await _news.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            var taken = _pending.Values;
            _pending = [];
            if (!_isCompleted)
            {
                _news = NewSource();
            }

            return taken;
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
