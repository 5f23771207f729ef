using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;

using DcpExecutable = Aspire.Hosting.Dcp.DcpObject<Aspire.Hosting.Dcp.DcpExecutableSpec, Aspire.Hosting.Dcp.DcpExecutableStatus>;

namespace Aspire.Hosting.Dcp;

/// <summary>Follows the state of every process that DCP runs for us.</summary>
/// <param name="client">Speaks to DCP.</param>
/// <param name="logger">Is told of handlers that fail.</param>
internal sealed class ExecutableWatcher(DcpClient client, ILogger logger)
{
    private static readonly TimeSpan ReconnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReconnectInterval = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, Action<string?, DcpExecutableStatus>> _handlers = new();

    /// <param name="name">The name of the Executable.</param>
    /// <param name="handler">Called in order with every status, and with the uid of the Executable that it belongs to.</param>
    public void Subscribe(string name, Action<string?, DcpExecutableStatus> handler) => _handlers[name] = handler;

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
                    Tell(change);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
            {
                // The stream was cut, within a line perhaps; whether that matters shows below.
            }

            cancellationToken.ThrowIfCancellationRequested();

            // DCP ends a stream now and then and replays the present state on the next one.
            if (!await Poll.UntilAsync(client.IsReadyAsync, ReconnectTimeout, cancellationToken).ConfigureAwait(false))
            {
                throw new DistributedApplicationException("DCP, the process that runs the services, is gone, so they cannot be watched or stopped properly any more. Start the AppHost again; if it happens often, look for the reason in the system log (out of memory?).");
            }

            await Task.Delay(ReconnectInterval, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Tell(DcpWatchEvent<DcpExecutable> change)
    {
        // An event of type ERROR carries no Executable.
        if (change is not { Type: "ADDED" or "MODIFIED", Object: { Metadata.Name: { } name, Status: { } status } executable }
            || !_handlers.TryGetValue(name, out var handler))
        {
            return;
        }

        try
        {
            handler(executable.Metadata.Uid, status);
        }
        catch (Exception exception)
        {
            // One that fails must not keep the others from their news.
            logger.LogError(exception, "The state {State} of '{Executable}' could not be handled.", status.State, name);
        }
    }
}
