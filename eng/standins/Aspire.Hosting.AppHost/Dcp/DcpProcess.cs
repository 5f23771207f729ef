using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Aspire.Hosting.Dcp;

/// <summary>A process that DCP runs for us: start, watch, stop, start again.</summary>
internal sealed partial class DcpProcess
{
    /// <summary>How many bytes of an output are looked at: a process may have written for days.</summary>
    private const int LongestEnd = 64 * 1024;

    private static readonly TimeSpan TimeForNews = TimeSpan.FromSeconds(2);

    private readonly DcpClient _client;
    private readonly Dictionary<string, string> _annotations;
    private TaskCompletionSource? _running;
    private TaskCompletionSource? _ended;
    private volatile string? _uid;
    private volatile string? _forgottenUid;
    private volatile ProcessRun _run = new(hasStarted: false);

    /// <param name="client">Speaks to DCP.</param>
    /// <param name="watcher">Tells of changes.</param>
    /// <param name="name">The unique name in DCP.</param>
    /// <param name="spec">What to run.</param>
    /// <param name="annotations">What to note on it.</param>
    public DcpProcess(DcpClient client, ExecutableWatcher watcher, string name, DcpExecutableSpec spec, Dictionary<string, string> annotations)
    {
        _client = client;
        Spec = spec;
        _annotations = annotations;
        Name = name;
        watcher.Subscribe(name, OnStatus);
    }

    /// <summary>Raised with every status, in order, from the thread that reads DCP's stream.</summary>
    public event Action<DcpExecutableStatus>? Changed;

    public string Name { get; }

    public DcpExecutableSpec Spec { get; }

    /// <summary>The last start, or the time before the first.</summary>
    public ProcessRun CurrentRun => _run;

    public DcpExecutableStatus? Status { get; private set; }

    public bool IsStarted => _ended is { Task.IsCompleted: false };

    /// <summary>Where the process has ended, waits until all handlers of <see cref="Changed"/> know: one of them may have told the caller already.</summary>
    public Task SettleAsync(CancellationToken cancellationToken) =>
        Status is { HasEnded: true } && _ended is { } ended ? ended.Task.WaitAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Starts the process, again if it has ended, and waits until it runs or has ended already.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_ended is not null)
        {
            // DCP cannot start an Executable twice: it has to go and come back. News of the old one may still be on its way.
            _forgottenUid = _uid;
            await _client.DeleteExecutableAsync(Name, cancellationToken).ConfigureAwait(false);
        }

        Status = null;
        _running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _uid = await _client.CreateExecutableAsync(Name, Spec, _annotations, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _ended.TrySetResult();
            throw;
        }

        var before = _run;
        _run = new ProcessRun(hasStarted: true);
        before.End(_run);
        await _running.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the process to stop, kills it where it has not within the time given to it, and waits until DCP has said that it has ended.</summary>
    /// <exception cref="OperationCanceledException">The wait was ended; the process may still run.</exception>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        if (await TryStopAsync(grace, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        Kill();
        try
        {
            await _ended!.Task.WaitAsync(TimeForNews, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Killed it is all the same.
        }
    }

    /// <summary>Like <see cref="StopAsync"/>, for a process that will not be started again: does not wait for DCP's word after killing it.</summary>
    public async Task EndAsync(TimeSpan grace)
    {
        if (!await TryStopAsync(grace, CancellationToken.None).ConfigureAwait(false))
        {
            Kill();
        }
    }

    /// <summary>The lines that tell why the process ended: an unhandled exception from its first line on, else the last lines, of the error stream if there are any.</summary>
    public string ReadLastOutput(int lines)
    {
        var error = ReadLastLines(Status?.StdErrFile, lines);
        return error.Length > 0 ? error : ReadLastLines(Status?.StdOutFile, lines);
    }

    /// <returns>Whether it has ended within the time given to it, DCP's answer included.</returns>
    private async Task<bool> TryStopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        if (!IsStarted)
        {
            return true;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(grace);
        try
        {
            await _client.StopExecutableAsync(Name, timeout.Token).ConfigureAwait(false);
            await _ended!.Task.WaitAsync(timeout.Token).ConfigureAwait(false);
            return true;
        }
        catch (HttpRequestException)
        {
            // DCP is gone, and nobody else stops what it ran.
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private void OnStatus(string? uid, DcpExecutableStatus status)
    {
        if (uid is not null && uid == _forgottenUid)
        {
            return;
        }

        _uid = uid;
        Status = status;
        try
        {
            Changed?.Invoke(status);
        }
        finally
        {
            if (status.State == "Running" || status.HasEnded)
            {
                _running?.TrySetResult();
            }

            if (status.HasEnded)
            {
                _ended?.TrySetResult();
            }
        }
    }

    private void Kill()
    {
        if (Status?.ProcessId is not { } processId)
        {
            return;
        }

        try
        {
            using var process = Process.GetProcessById((int)processId);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It has ended in the meantime.
        }
    }

    /// <summary>Leaves out the line number and the time that DCP puts before each line, and colours, which not every terminal shows.</summary>
    internal static string AsPlainText(string line) => Decoration().Replace(line, "");

    [GeneratedRegex(@"^\d+ \d{4}-\d\d-\d\dT[\d:.]+Z ?|\x1B\[[\d;]*m")]
    private static partial Regex Decoration();

    [GeneratedRegex(@"^\s+(at |---)")]
    private static partial Regex StackLine();

    internal static string ReadLastLines(string? path, int lines)
    {
        try
        {
            if (path is null)
            {
                return "";
            }

            var all = ReadEnd(path).Select(AsPlainText).ToList();
            var begin = all.FindLastIndex(line => line.StartsWith("Unhandled exception", StringComparison.Ordinal));
            if (begin < 0)
            {
                begin = Math.Max(0, all.Count - lines);
                // What an exception says stands before its stack.
                while (begin > 0 && StackLine().IsMatch(all[begin]))
                {
                    begin--;
                }
            }

            return string.Join(Environment.NewLine, all.Skip(begin).Take(lines)).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>The lines at the end of a file that may be of any size, and so may its lines.</summary>
    private static IEnumerable<string> ReadEnd(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = Math.Max(0, file.Length - LongestEnd);
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}

/// <summary>The time between two starts of a process.</summary>
/// <param name="hasStarted">False for the time before the first start.</param>
internal sealed class ProcessRun(bool hasStarted)
{
    private readonly TaskCompletionSource<ProcessRun> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool HasStarted => hasStarted;

    /// <summary>Completes with the next start.</summary>
    public Task<ProcessRun> Next => _next.Task;

    public void End(ProcessRun next) => _next.SetResult(next);
}
