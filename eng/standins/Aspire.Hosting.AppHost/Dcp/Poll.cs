namespace Aspire.Hosting.Dcp;

/// <summary>Waits for things that nobody announces.</summary>
internal static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <exception cref="OperationCanceledException">The wait was ended before the condition was met.</exception>
    public static async Task UntilAsync(Func<CancellationToken, Task<bool>> condition, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (!await condition(cancellationToken).ConfigureAwait(false))
        {
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <param name="condition">Asked again and again; its token ends with the timeout, so that a question nobody answers cannot hold the wait.</param>
    /// <param name="timeout">For how long to ask.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the condition was met in time.</returns>
    public static async Task<bool> UntilAsync(Func<CancellationToken, Task<bool>> condition, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var timeoutSource = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeoutSource.CancelAfter(timeout);
        try
        {
            await UntilAsync(condition, timeoutSource.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
