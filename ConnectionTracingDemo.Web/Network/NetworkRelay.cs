using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ConnectionTracing;

namespace ConnectionTracingDemo.Web;

/// <summary>Merges what the services tell, for one browser at a time. A slow browser holds up its own reading only, and is told what it missed.</summary>
internal sealed class NetworkRelay(IEnumerable<IRequestSource> sources, DashboardLinks dashboard, TimeProvider time, ILogger<NetworkRelay> logger)
{
    /// <summary>As many rows as network.js keeps.</summary>
    public const int KeptRequests = 3000;

    /// <summary>Rows of one message: a browser draws in between.</summary>
    private const int MaxRows = 500;

    /// <summary>Messages that wait for a browser; after that the services' own memory of what happened has to do.</summary>
    private const int MaxWaiting = 4;

    /// <summary>Each browser has a stream of its own from every service.</summary>
    public const int MaxBrowsers = 32;

    /// <summary>How long until a service that is down is asked again.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private int _browsers;

    /// <summary>Lets one more browser in, until the result is disposed; null: there are enough.</summary>
    public IDisposable? TryEnter()
    {
        if (Interlocked.Increment(ref _browsers) <= MaxBrowsers)
        {
            return new Place(this);
        }

        Interlocked.Decrement(ref _browsers);
        return null;
    }

    /// <summary>What the services know and what happens next, until <paramref name="cancellationToken"/> says it is enough.</summary>
    public async IAsyncEnumerable<SseItem<NetworkMessage>> WatchAsync(NetworkPositions positions, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<(NetworkMessage Message, long? Position)>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
        var pumps = sources.Select(source => PumpAsync(source, positions[source.Service], channel.Writer, leaving.Token)).ToArray();
        var end = Task.WhenAll(pumps).ContinueWith(pump => channel.Writer.Complete(pump.Exception), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        try
        {
            await foreach (var (message, position) in channel.Reader.ReadAllAsync(CancellationToken.None))
            {
                if (position is not null)
                {
                    positions[message.Service] = position;
                }

                yield return new(message) { EventId = positions.ToString() };
            }
        }
        finally
        {
            await leaving.CancelAsync();
            await end;
        }
    }

    /// <summary>Goes on until cancelled: a service that is down, or starts again, is asked again.</summary>
    private async Task PumpAsync(IRequestSource source, long? position, ChannelWriter<(NetworkMessage, long?)> writer, CancellationToken cancellationToken)
    {
        ServiceState? told = null;
        try
        {
            while (true)
            {
                try
                {
                    var seen = position;
                    await foreach (var update in source.WatchAsync(position, cancellationToken))
                    {
                        // All of an update or nothing: of one that cannot be read to its end, the beginning is not told.
                        foreach (var message in Describe(source.Service, update, startedAgain: seen is { } last && IsOfAnotherRun(update, last)).ToList())
                        {
                            await writer.WriteAsync(message, cancellationToken);
                        }

                        position = update.Position;
                        seen = null;
                        told = null;
                    }
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    var problem = exception is RequestSourceException ? ServiceState.Down(exception.Message) : ServiceState.Unreadable(source.Service);
                    if (problem != told)
                    {
                        logger.Log(exception is RequestSourceException ? LogLevel.Debug : LogLevel.Error, exception, "The Network page loses {Service}.", source.Service);
                        told = problem;
                        await writer.WriteAsync((new(source.Service, problem, false, 0, [], [], []), null), cancellationToken);
                    }
                }

                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The browser has left, or the host stops.
        }
    }

    /// <summary>Of the same run, an update has as many requests as positions were passed. Other runs have positions far away.</summary>
    private static bool IsOfAnotherRun(ConnectionTracingUpdate update, long last) =>
        update.Position < last || update.Position - last > update.Missed + update.Requests.Count;

    /// <summary>The position belongs to the last message: who has not seen that has not seen all.</summary>
    private IEnumerable<(NetworkMessage Message, long? Position)> Describe(string service, ConnectionTracingUpdate update, bool startedAgain)
    {
        var state = ServiceState.Of(update.Enabled, update.Until);
        var requests = update.Requests.TakeLast(KeptRequests).Chunk(MaxRows).ToArray();
        // All of them: one that is not said to be closed would be shown as open for ever.
        var connections = update.Connections.Chunk(MaxRows).ToArray();
        var last = Math.Max(1, Math.Max(requests.Length, connections.Length)) - 1;

        for (var i = 0; i <= last; i++)
        {
            yield return (
                new(
                    service,
                    state,
                    startedAgain && i == 0,
                    i == last ? update.Missed : 0,
                    [.. (requests.ElementAtOrDefault(i) ?? []).Select(request => TimingRow.From(request, service, dashboard))],
                    [.. (connections.ElementAtOrDefault(i) ?? []).Select(connection => ConnectionRow.From(connection, service, dashboard))],
                    i == last ? [.. update.Findings.Select(finding => FindingRow.From(finding, service, dashboard))] : []),
                i == last ? update.Position : null);
        }
    }

    private sealed class Place(NetworkRelay relay) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                Interlocked.Decrement(ref relay._browsers);
            }
        }
    }
}
