using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;

namespace ConnectionTracing.Page;

/// <summary>Merges the updates of several services for a browser. One that is slow holds up its own stream only, and is told how much it missed.</summary>
internal sealed partial class PageRelay(TimeProvider time, ILogger logger)
{
    /// <summary>Messages that wait for a browser. Beyond that, the services remember what happened.</summary>
    private const int MaxWaiting = 4;

    /// <summary>How long until a service that does not answer is asked again.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>What the services know and what happens next, until <paramref name="cancellationToken"/> is cancelled.</summary>
    /// <param name="sources">The services.</param>
    /// <param name="positions">How far the browser has come.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Each message with its id.</returns>
    public async IAsyncEnumerable<(string Id, PageMessage Message)> WatchAsync(
        IReadOnlyList<IUpdateSource> sources, PagePositions positions, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<PageMessage>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
        var pumps = sources.Select(source => PumpAsync(source, positions[source.Service], channel.Writer, leaving.Token)).ToArray();
        var end = Task.WhenAll(pumps).ContinueWith(pump => channel.Writer.Complete(pump.Exception), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        try
        {
            await foreach (var message in channel.Reader.ReadAllAsync(CancellationToken.None))
            {
                if (message.Update is { } update)
                {
                    positions[message.Service] = update.Position;
                }

                yield return (positions.ToString(), message);
            }
        }
        finally
        {
            await leaving.CancelAsync();
            await end;
        }
    }

    /// <summary>Goes on until cancelled: a service that does not answer, or is restarted, is asked again.</summary>
    private async Task PumpAsync(IUpdateSource source, long? position, ChannelWriter<PageMessage> writer, CancellationToken cancellationToken)
    {
        string? told = null;
        try
        {
            while (true)
            {
                try
                {
                    var seen = position;
                    await foreach (var update in source.WatchAsync(position, cancellationToken))
                    {
                        await writer.WriteAsync(new(source.Service, null, StartedAgain: seen is { } last && IsOfAnotherRun(update, last), update), cancellationToken);
                        position = update.Position;
                        seen = null;
                        told = null;
                    }
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    var problem = exception is UpdateSourceException ? exception.Message : $"The events of {source.Service} cannot be read; the log of this service says why.";
                    if (problem != told)
                    {
                        Log(exception, source.Service);
                        told = problem;
                        await writer.WriteAsync(new(source.Service, problem, StartedAgain: false, null), cancellationToken);
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

    private void Log(Exception exception, string service)
    {
        if (exception is UpdateSourceException)
        {
            LogLost(logger, exception, service);
        }
        else
        {
            LogFailed(logger, exception, service);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "The page of connection tracing has lost {Service}.")]
    private static partial void LogLost(ILogger logger, Exception exception, string service);

    [LoggerMessage(2, LogLevel.Error, "The page of connection tracing cannot read the events of {Service}.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string service);
}
