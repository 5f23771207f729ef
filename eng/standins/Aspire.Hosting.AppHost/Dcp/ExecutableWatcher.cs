using System.Collections.Concurrent;

namespace Aspire.Hosting.Dcp;

/// <summary>Follows the state of every process that DCP runs for us.</summary>
internal sealed class ExecutableWatcher(DcpClient client)
{
    private static readonly TimeSpan ReconnectTimeout = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Action<DcpExecutableStatus?>> _handlers = new();

    /// <param name="name">The name of the Executable.</param>
    /// <param name="handler">Called in order with every status, and with null when the Executable was deleted.</param>
    public void Subscribe(string name, Action<DcpExecutableStatus?> handler) => _handlers[name] = handler;

    /// <summary>Runs until cancelled.</summary>
    /// <exception cref="DistributedApplicationException">DCP is gone.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await foreach (var change in client.WatchExecutablesAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (_handlers.TryGetValue(change.Object.Metadata.Name, out var handler))
                    {
                        handler(change.Type == "DELETED" ? null : change.Object.Status);
                    }
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                // The stream was cut; whether that matters shows below.
            }

            cancellationToken.ThrowIfCancellationRequested();

            // DCP ends a stream now and then and replays the present state on the next one.
            if (!await Poll.UntilAsync(() => client.IsReadyAsync(cancellationToken), ReconnectTimeout, cancellationToken).ConfigureAwait(false))
            {
                throw new DistributedApplicationException("DCP, the process that runs the services, is gone, so they cannot be watched or stopped properly any more. Start the AppHost again; if it happens often, look for the reason in the system log (out of memory?).");
            }
        }
    }
}
