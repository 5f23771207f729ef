using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Aspire.Hosting.Dcp;

/// <summary>A line that a process wrote, or a piece of a long one.</summary>
/// <param name="Text">The time, a space and what was written; a piece that does not begin the line has no time.</param>
/// <param name="IsError">Whether it was written to the error stream.</param>
internal sealed record ConsoleLine(string Text, bool IsError);

/// <summary>What a process writes, over its restarts. DCP keeps it in files; a reader who is slow holds back only the reading of these.</summary>
/// <param name="client">Speaks to DCP.</param>
/// <param name="process">The process.</param>
internal sealed class ProcessLog(DcpClient client, DcpProcess process)
{
    private const int LinesAtOnce = 64;
    private static readonly TimeSpan ReopenInterval = TimeSpan.FromSeconds(1);

    /// <param name="follow">Whether to go on with what is written from now on; else it ends with what there is.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>Lines, as many at once as there are and one message can carry.</returns>
    public async IAsyncEnumerable<IReadOnlyList<ConsoleLine>> ReadAsync(bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = Channel.CreateBounded<ConsoleLine>(new BoundedChannelOptions(LinesAtOnce) { SingleReader = true });
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadRunsAsync(lines.Writer, follow, ending.Token);
        try
        {
            while (await lines.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var batch = new List<ConsoleLine>();
                while (batch.Count < LinesAtOnce && lines.Reader.TryRead(out var line))
                {
                    batch.Add(line);
                }

                yield return batch;
            }
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }
    }

    private async Task ReadRunsAsync(ChannelWriter<ConsoleLine> lines, bool follow, CancellationToken cancellationToken)
    {
        try
        {
            var run = process.CurrentRun;
            var reading = ReadRunAsync(run, lines, follow, cancellationToken);
            while (follow)
            {
                // DCP tells the last lines of a process only seconds after its end, when the next may run already.
                var next = await run.Next.WaitAsync(cancellationToken).ConfigureAwait(false);
                var readingNext = ReadRunAsync(next, lines, follow, cancellationToken);
                await reading.ConfigureAwait(false);
                (run, reading) = (next, readingNext);
            }

            await reading.ConfigureAwait(false);
            lines.Complete();
        }
        catch (OperationCanceledException)
        {
            lines.TryComplete();
        }
        catch (Exception exception)
        {
            lines.TryComplete(exception);
        }
    }

    private Task ReadRunAsync(ProcessRun run, ChannelWriter<ConsoleLine> lines, bool follow, CancellationToken cancellationToken) =>
        run.HasStarted
            ? Task.WhenAll(
                ReadStreamAsync(run, "stdout", lines, follow, cancellationToken),
                ReadStreamAsync(run, "stderr", lines, follow, cancellationToken))
            : Task.CompletedTask;

    private async Task ReadStreamAsync(ProcessRun run, string source, ChannelWriter<ConsoleLine> lines, bool follow, CancellationToken cancellationToken)
    {
        var count = 0;
        while (run == process.CurrentRun)
        {
            // Asked before reading, so that what was written until the end has been read when it has ended.
            var hasEnded = !process.IsStarted;
            try
            {
                await foreach (var piece in client.ReadLogAsync(process.Name, source, follow, skip: count, cancellationToken).ConfigureAwait(false))
                {
                    count += piece.EndsLine ? 1 : 0;
                    await lines.WriteAsync(new ConsoleLine(piece.Text, source == "stderr"), cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                // DCP may cut a stream at any time, and ends all of them when it stops.
            }

            if (hasEnded || !follow)
            {
                break;
            }

            await Task.Delay(ReopenInterval, cancellationToken).ConfigureAwait(false);
        }
    }
}
